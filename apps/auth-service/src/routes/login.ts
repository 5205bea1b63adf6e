import { LoginRequest } from "@mobile-ai-agent/contracts";
import { clientNetwork, parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { recordFailedSignIn } from "../audited.ts";
import { completeSignIn } from "../complete-sign-in.ts";
import type { AuthContext } from "../context.ts";
import { refuseOtherSites } from "../refresh-cookie.ts";
import { unauthorized } from "../unauthorized.ts";
import { sendTokens } from "./answers.ts";

/**
 * POST /api/auth/login → TokenResponse; the same 401, in the same time, for an unknown user and a wrong password, also for
 * one that was changed or signed out everywhere meanwhile; a 401 whose `errors` name `code` when the password is right and
 * a code of the second factor is needed; 429 after failures, with the seconds to wait.
 */
export function login(context: AuthContext): RequestHandler {
  const { audit, users, passwords, secondFactors, refreshTokens, loginDelay } = context;
  return async (request, response) => {
    const { username, password, code, refresh_token_in: carrier } = parseBody(LoginRequest, request);
    // Another site's page could otherwise sign its visitor in to an account of its own.
    if (carrier === "cookie") refuseOtherSites(request);
    const attempt = { at: { typed: username }, network: clientNetwork(request) };
    await loginDelay.begin(attempt);
    const found = await users.findByLogin(username);
    // Of nobody too: it takes time.
    const epoch = await refreshTokens.epochOf(found?.user.id ?? username);
    const matches = await passwords.matches(found?.passwordHash, password);
    const userId = found?.user.id;
    const failed = (reason: string) =>
      recordFailedSignIn(audit, request, { method: "password", userId, reason });
    if (userId === undefined || !matches) {
      failed("credentials");
      throw wrong();
    }
    if (await secondFactors.isOn(userId)) {
      if (code === undefined) {
        failed("code-needed");
        await loginDelay.forgive(attempt);
        throw codeNeeded("is needed too: the authenticator's, or a recovery code");
      }
      if (!(await secondFactors.take(userId, code))) {
        failed("code");
        throw codeNeeded("is wrong, or was used already");
      }
    }
    const proof = { method: "password", userId, epoch, passwordHash: found?.passwordHash } as const;
    const completed = await completeSignIn(context, request, proof);
    if (!completed) throw wrong();
    await loginDelay.succeed(attempt);
    sendTokens(response, context, { ...completed, carrier });
  };
}

function wrong() {
  return unauthorized("the username or the password is wrong");
}

function codeNeeded(message: string) {
  return unauthorized("the second factor is needed", { errors: [{ path: "code", message }] });
}
