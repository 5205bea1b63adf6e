import type { User } from "@mobile-ai-agent/contracts";
import { clientNetwork, HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";
import { recordFailedProof } from "./audited.ts";
import type { AuthContext } from "./context.ts";
import { faultIn } from "./field-fault.ts";
import { unauthorized } from "./unauthorized.ts";

/**
 * Makes the caller show that they are who signed in: whoever found an unlocked phone has its token as well. Who can't is
 * on record.
 *
 * @param takesCode whether a code of theirs is good, where one is asked for too
 * @throws HttpProblem 403 for a wrong password or when there is none, 400 for a wrong code, 429 after failures
 */
export async function provePassword(
  { audit, users, passwords, loginDelay }: AuthContext,
  request: Request,
  password: string,
  takesCode: (userId: string) => Promise<boolean> = async () => true,
): Promise<User> {
  const { sub } = userOf(request);
  const found = await users.findCredentials(sub);
  if (!found) throw unauthorized("the user of this access token is gone; sign in again");
  if (found.passwordHash === undefined) {
    throw new HttpProblem(403, "Forbidden", "this account has no password: set one first");
  }
  const attempt = { at: { userId: sub }, network: clientNetwork(request) };
  await loginDelay.begin(attempt);
  if (!(await passwords.matches(found.passwordHash, password))) {
    recordFailedProof(audit, request, "credentials");
    throw new HttpProblem(403, "Forbidden", "the password is wrong");
  }
  if (!(await takesCode(sub))) {
    recordFailedProof(audit, request, "code");
    throw faultIn("code", "is wrong, or was used already");
  }
  await loginDelay.succeed(attempt);
  return found.user;
}
