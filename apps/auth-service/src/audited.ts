import { type AuditLog, user } from "@mobile-ai-agent/audit-log";
import { clientNetwork, userOf } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";
import type { KeySet } from "./key-set.ts";
import type { SignIn } from "./refresh-tokens.ts";

export type SignInMethod = "password" | "passkey" | "oidc";

/** Puts on record that somebody signed in. */
export function recordSignIn(audit: AuditLog, method: SignInMethod, { userId, familyId }: SignIn): void {
  audit.record({
    ...{ action: "sign-in.succeeded", actor: user(userId), subject: user(userId), outcome: "success" },
    details: { method, sign_in: familyId },
  });
}

/** Puts on record that somebody could not sign in; what they entered is not kept: it may be a password. */
export function recordFailedSignIn(
  audit: AuditLog,
  request: Request,
  { method, userId, reason }: { method: SignInMethod; userId?: string | undefined; reason: string },
): void {
  audit.record({
    ...{ action: "sign-in.failed", actor: { kind: "anonymous" }, outcome: "failure" },
    ...(userId !== undefined && { subject: user(userId) }),
    details: { method, reason, network: audit.pseudonymOf(clientNetwork(request)) },
  });
}

/** Puts on record that somebody ended one sign-in. */
export function recordSignOut(
  audit: AuditLog,
  { userId, familyId }: Pick<SignIn, "userId" | "familyId">,
): void {
  audit.record({
    ...{ action: "sign-in.ended", actor: user(userId), subject: user(userId), outcome: "success" },
    details: { sign_in: familyId },
  });
}

/** Puts on record that who is signed in could not show once more who they are: it may be another with their token. */
export function recordFailedProof(audit: AuditLog, request: Request, reason: "credentials" | "code"): void {
  const { sub, sid } = userOf(request);
  const network = audit.pseudonymOf(clientNetwork(request));
  audit.record({
    ...{ action: "reauthentication.failed", actor: user(sub), subject: user(sub), outcome: "failure" },
    details: { reason, sign_in: sid, network },
  });
}

type OwnAction =
  | "user.registered"
  | "user.erased"
  | "sign-ins.ended"
  | "password.changed"
  | "second-factor.enrolled"
  | "second-factor.confirmed"
  | "second-factor.removed";

/** Puts on record what somebody did to their own account. */
export function recordOwn(audit: AuditLog, action: OwnAction, userId: string): void {
  audit.record({ action, actor: user(userId), subject: user(userId), outcome: "success" });
}

export function recordPasskey(
  audit: AuditLog,
  action: "passkey.added" | "passkey.removed",
  { userId, passkey }: { userId: string; passkey: string },
): void {
  const own = { actor: user(userId), subject: user(userId), outcome: "success" } as const;
  audit.record({ action, ...own, details: { passkey } });
}

/** By a pseudonym: ids at a provider can be addresses, or be guessed, and this outlives the account. */
export function recordIdentity(
  audit: AuditLog,
  action: "identity.linked" | "identity.removed",
  { userId, provider, identity }: { userId: string; provider: string; identity: string },
): void {
  const own = { actor: user(userId), subject: user(userId), outcome: "success" } as const;
  audit.record({ action, ...own, details: { provider, identity: audit.pseudonymOf(identity) } });
}

/** Of two who hold the same refresh token one has stolen it. */
export function recordReuse(audit: AuditLog) {
  return ({ userId, familyId }: Pick<SignIn, "userId" | "familyId">): void =>
    audit.record({
      ...{ action: "refresh-token.reused", actor: { kind: "anonymous" }, subject: user(userId) },
      ...{ outcome: "denied", details: { sign_in: familyId } },
    });
}

export function recordKeyChange(audit: AuditLog) {
  return ({ signing, jwks }: KeySet): void =>
    audit.record({
      ...{ action: "signing-keys.changed", actor: { kind: "operator" }, outcome: "success" },
      ...{ subject: { kind: "platform" }, details: { signing: signing.kid, published: jwks.keys.length } },
    });
}
