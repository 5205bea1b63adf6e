import { createHash } from "node:crypto";
import { ExchangeOidcCodeRequest } from "@mobile-ai-agent/contracts";
import { clientNetwork, parseBody } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler } from "express";
import type { z } from "zod";
import { recordFailedSignIn } from "../audited.ts";
import { completeSignIn } from "../complete-sign-in.ts";
import type { AuthContext } from "../context.ts";
import { clearTicket, ticketOf } from "../oidc/browser.ts";
import { refuseOtherSites } from "../refresh-cookie.ts";
import { unauthorized } from "../unauthorized.ts";
import { sendTokens } from "./answers.ts";

/**
 * POST /api/auth/oidc/token → TokenResponse, for the app's code with its verifier, or for a page's cookie; 401 when it is
 * not good, and one whose `errors` name `second_factor` when a code of that is needed; 429 after wrong ones.
 */
export function exchangeOidcCode(context: AuthContext): RequestHandler {
  const { audit, users, oidc, secondFactors, loginDelay } = context;
  return async (request, response) => {
    const body = parseBody(ExchangeOidcCodeRequest, request);
    const { second_factor: code, refresh_token_in: carrier } = body;
    if (carrier === "cookie" || body.code === undefined) refuseOtherSites(request);
    const ticket = ticketIn(request, body);
    const found = await oidc.tickets.find(ticket);
    const failed = (reason: string) =>
      recordFailedSignIn(audit, request, { method: "oidc", userId: found?.userId, reason });
    const user = found && holds(body, found.challenge) ? await users.findById(found.userId) : undefined;
    if (!found || !user) {
      failed("credentials");
      throw gone();
    }
    if (await secondFactors.isOn(user.id)) {
      if (code === undefined) {
        failed("code-needed");
        throw needed("is needed too: the authenticator's, or a recovery code");
      }
      const attempt = { at: { userId: user.id }, network: clientNetwork(request) };
      await loginDelay.begin(attempt);
      if (!(await secondFactors.take(user.id, code))) {
        failed("code");
        throw needed("is wrong, or was used already");
      }
      await loginDelay.succeed(attempt);
    }
    if (!(await oidc.tickets.take(ticket))) {
      failed("credentials");
      throw gone();
    }
    const { userId, epoch } = found;
    const completed = await completeSignIn(context, request, { method: "oidc", userId, epoch });
    if (body.code === undefined) clearTicket(response);
    if (!completed) throw gone();
    sendTokens(response, context, { ...completed, carrier });
  };
}

type Body = z.infer<typeof ExchangeOidcCodeRequest>;

function ticketIn(request: Request, { code }: Body): string {
  const ticket = code ?? ticketOf(request);
  if (!ticket) throw gone();
  return ticket;
}

/** Whether it is for the app that shows what it made the challenge of (RFC 7636, 4.6), or for a page's cookie. */
function holds({ code, code_verifier: verifier }: Body, challenge: string | undefined): boolean {
  if (challenge === undefined) return code === undefined;
  if (code === undefined || verifier === undefined) return false;
  return createHash("sha256").update(verifier).digest("base64url") === challenge;
}

function gone() {
  return unauthorized("the sign-in is not known, was completed, or took too long; begin again");
}

function needed(message: string) {
  return unauthorized("the second factor is needed", { errors: [{ path: "second_factor", message }] });
}
