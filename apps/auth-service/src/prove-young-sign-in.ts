import type { User } from "@mobile-ai-agent/contracts";
import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";
import type { AuthContext } from "./context.ts";
import { faultIn } from "./field-fault.ts";
import { unauthorized } from "./unauthorized.ts";

/** Seconds in which who has signed in with a provider can do what others show their password for. */
const YOUNG_S = 600;

/**
 * The caller, who has no password to show, and so has to have signed in a moment ago.
 *
 * @param field that would have the password
 * @throws HttpProblem 400 when there is a password, 403 when the sign-in is too old
 */
export async function proveYoungSignIn(
  { users, refreshTokens }: AuthContext,
  request: Request,
  field: string,
): Promise<User> {
  const { sub, sid } = userOf(request);
  const found = await users.findCredentials(sub);
  if (!found) throw unauthorized("the user of this access token is gone; sign in again");
  if (found.passwordHash !== undefined) throw faultIn(field, "is needed: the account has a password");
  if (await refreshTokens.isYoung(sid, YOUNG_S)) return found.user;
  throw new HttpProblem(403, "Forbidden", "sign in again, and do this within ten minutes");
}
