import { LoginRequest } from "@mobile-ai-agent/contracts";
import { clientNetwork, parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { recordFailedSignIn, recordSignIn } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { refuseOtherSites } from "../refresh-cookie.ts";
import { unauthorized } from "../unauthorized.ts";
import { sendTokens } from "./answers.ts";

/**
 * POST /api/auth/login → TokenResponse; the same 401, in the same time, for an unknown user and a wrong password; a 401
 * whose `errors` name `code` when the password is right and a code of the second factor is needed; 429 after failures,
 * with the seconds to wait.
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
    const matches = await passwords.matches(found?.passwordHash, password);
    const failed = (reason: string) =>
      recordFailedSignIn(audit, request, { method: "password", userId: found?.user.id, reason });
    if (!found || !matches) {
      failed("credentials");
      throw unauthorized("the username or the password is wrong");
    }
    if (await secondFactors.isOn(found.user.id)) {
      if (code === undefined) {
        failed("code-needed");
        await loginDelay.forgive(attempt);
        throw codeNeeded("is needed too: the authenticator's, or a recovery code");
      }
      if (!(await secondFactors.take(found.user.id, code))) {
        failed("code");
        throw codeNeeded("is wrong, or was used already");
      }
    }
    await loginDelay.succeed(attempt);
    const signIn = await refreshTokens.issue(found.user.id);
    recordSignIn(audit, "password", signIn);
    sendTokens(response, context, { user: found.user, signIn, carrier });
  };
}

function codeNeeded(message: string) {
  return unauthorized("the second factor is needed", { errors: [{ path: "code", message }] });
}
