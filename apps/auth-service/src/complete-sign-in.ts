import type { User } from "@mobile-ai-agent/contracts";
import type { Request } from "express";
import { recordFailedSignIn, recordSignIn, type SignInMethod } from "./audited.ts";
import type { AuthContext } from "./context.ts";
import type { SignIn } from "./refresh-tokens.ts";

/** That somebody has shown who they are, and what it relies on. */
interface Proof {
  readonly method: SignInMethod;
  readonly userId: string;
  /** Of before what they showed was looked at. */
  readonly epoch: string;
  /** What their password was compared with. */
  readonly passwordHash?: string | undefined;
}

/**
 * Signs in who has shown who they are. Between that and this the password may have been changed, all sign-ins ended, or
 * the account closed, by someone who means to keep this very one out. No database here writes on a condition, so the
 * sign-in is made first, where whoever ends all finds it, and then what it relies on is read again.
 *
 * @returns undefined, after it is on record, when the proof counts no longer: the answer is that to a wrong one
 */
export async function completeSignIn(
  { audit, users, refreshTokens }: Pick<AuthContext, "audit" | "users" | "refreshTokens">,
  request: Request,
  { method, userId, epoch, passwordHash }: Proof,
): Promise<{ user: User; signIn: SignIn } | undefined> {
  const signIn = await refreshTokens.issue(userId, epoch);
  const found = signIn && (await users.findCredentials(userId));
  if (signIn && found && (passwordHash === undefined || found.passwordHash === passwordHash)) {
    recordSignIn(audit, method, signIn);
    return { user: found.user, signIn };
  }
  if (signIn) await refreshTokens.revoke(signIn.token);
  recordFailedSignIn(audit, request, { method, userId, reason: "overtaken" });
  return undefined;
}
