import { ChangePasswordRequest } from "@mobile-ai-agent/contracts";
import { parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { recordOwn } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { faultIn } from "../field-fault.ts";
import { provePassword } from "../prove-password.ts";
import { proveYoungSignIn } from "../prove-young-sign-in.ts";

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
        ? await proveYoungSignIn(context, request, "old_password")
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
