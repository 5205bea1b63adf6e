import { LoginRequest } from "@mobile-ai-agent/contracts";
import { clientNetwork, parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";
import { refuseOtherSites } from "../refresh-cookie.ts";
import { unauthorized } from "../unauthorized.ts";
import { sendTokens } from "./answers.ts";

/**
 * POST /api/auth/login → TokenResponse; the same 401, in the same time, for an unknown user and a wrong password; 429
 * after failures, with the seconds to wait.
 */
export function login(context: AuthContext): RequestHandler {
  const { users, passwords, refreshTokens, loginDelay } = context;
  return async (request, response) => {
    const { username, password, refresh_token_in: carrier } = parseBody(LoginRequest, request);
    // Another site's page could otherwise sign its visitor in to an account of its own.
    if (carrier === "cookie") refuseOtherSites(request);
    const found = await users.findByLogin(username);
    const account = found?.user.id ?? username.toLowerCase();
    const attempt = { account, network: clientNetwork(request) };
    await loginDelay.begin(attempt);
    const matches = await passwords.matches(found?.passwordHash, password);
    if (!found || !matches) throw unauthorized("the username or the password is wrong");
    await loginDelay.succeed(attempt);
    const signIn = await refreshTokens.issue(found.user.id);
    sendTokens(response, context, { user: found.user, signIn, carrier });
  };
}
