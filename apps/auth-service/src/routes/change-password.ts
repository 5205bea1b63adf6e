import { ChangePasswordRequest } from "@mobile-ai-agent/contracts";
import { clientNetwork, HttpProblem, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";
import { faultIn } from "../field-fault.ts";
import { unauthorized } from "../unauthorized.ts";

/**
 * POST /api/users/me/password → 204, and every other sign-in of the caller ends; 403 when the old password is wrong, 400
 * when the new one is not good.
 */
export function changePassword(context: AuthContext): RequestHandler {
  const { users, passwords, passwordPolicy, refreshTokens, loginDelay } = context;
  return async (request, response) => {
    const { old_password, new_password } = parseBody(ChangePasswordRequest, request);
    const { sub, sid } = userOf(request);
    const found = await users.findCredentials(sub);
    if (!found) throw unauthorized("the user of this access token is gone; sign in again");
    const attempt = { account: sub, network: clientNetwork(request) };
    await loginDelay.begin(attempt);
    if (!(await passwords.matches(found.passwordHash, old_password))) {
      throw new HttpProblem(403, "Forbidden", "the old password is wrong");
    }
    await loginDelay.succeed(attempt);
    const fault =
      old_password === new_password
        ? "is the old one; choose another"
        : passwordPolicy.faultOf(new_password, found.user);
    if (fault !== undefined) throw faultIn("new_password", fault);
    await users.setPassword(sub, await passwords.hash(new_password));
    await refreshTokens.revokeAll(sub, { except: sid });
    response.status(204).end();
  };
}
