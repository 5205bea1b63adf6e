import { ChangePasswordRequest, type User } from "@mobile-ai-agent/contracts";
import { HttpProblem, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler } from "express";
import { recordOwn } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { faultIn } from "../field-fault.ts";
import { provePassword } from "../prove-password.ts";
import { unauthorized } from "../unauthorized.ts";

/** Seconds in which who has signed in with a provider can give their account a password. */
const YOUNG_S = 600;

/**
 * POST /api/users/me/password → 204, and every other sign-in of the caller ends; 403 when the old password is wrong, 400
 * when the new one is not good. Who signs in with a provider only has no old one: the sign-in is to be young instead.
 */
export function changePassword(context: AuthContext): RequestHandler {
  const { audit, users, passwords, passwordPolicy, refreshTokens } = context;
  return async (request, response) => {
    const { old_password, new_password } = parseBody(ChangePasswordRequest, request);
    const user =
      old_password === undefined
        ? await proveYoungSignIn(context, request)
        : await provePassword(context, request, old_password);
    const fault =
      old_password === new_password
        ? "is the old one; choose another"
        : passwordPolicy.faultOf(new_password, user);
    if (fault !== undefined) throw faultIn("new_password", fault);
    await users.setPassword(user.id, await passwords.hash(new_password));
    recordOwn(audit, "password.changed", user.id);
    await refreshTokens.revokeAll(user.id, { except: userOf(request).sid });
    response.status(204).end();
  };
}

/**
 * The caller, who has no password to show, and so has to have signed in a moment ago.
 *
 * @throws HttpProblem 400 when there is a password, 403 when the sign-in is too old
 */
async function proveYoungSignIn({ users, refreshTokens }: AuthContext, request: Request): Promise<User> {
  const { sub, sid } = userOf(request);
  const found = await users.findCredentials(sub);
  if (!found) throw unauthorized("the user of this access token is gone; sign in again");
  if (found.passwordHash !== undefined)
    throw faultIn("old_password", "is needed: the account has a password");
  if (await refreshTokens.isYoung(sid, YOUNG_S)) return found.user;
  throw new HttpProblem(403, "Forbidden", "sign in again, and set the password within ten minutes");
}
