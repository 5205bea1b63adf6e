import type { Request, Response } from "express";
import { recordFailedSignIn, recordIdentity, recordOwn } from "../audited.ts";
import { completeSignIn } from "../complete-sign-in.ts";
import type { AuthContext } from "../context.ts";
import { setRefreshCookie } from "../refresh-cookie.ts";
import { accountOf } from "./accounts.ts";
import { setTicket } from "./browser.ts";
import type { Result } from "./ends.ts";
import { identityIdOf } from "./identities.ts";
import type { Purpose } from "./oidc.ts";
import type { ProviderAccount } from "./providers.ts";

const CODE_MS = 60_000;
/** A person may have to look for their authenticator. */
const SECOND_FACTOR_MS = 5 * 60_000;

interface At {
  readonly account: ProviderAccount;
  /** Id of the provider. */
  readonly provider: string;
}

/**
 * Signs in, or leaves that to who proves to have begun it: the app by PKCE, a page by its second factor. A provider's
 * word is no second factor here: it says nothing of whether it asked for one that deserves the name.
 */
export async function signInWith(
  context: AuthContext,
  { request, response }: { request: Request; response: Response },
  { account, provider, purpose }: At & { purpose: Exclude<Purpose, { kind: "link" }> },
): Promise<Result | { home: true }> {
  const { audit, users, oidc, secondFactors, refreshTokens } = context;
  const parts = { users, identities: oidc.identities, refreshTokens };
  const found = await accountOf(parts, account, provider);
  if ("error" in found) {
    recordFailedSignIn(audit, request, { method: "oidc", reason: found.error });
    return { oidc_error: found.error };
  }
  const { isNew, epoch } = found;
  const userId = found.user.id;
  if (isNew) {
    recordOwn(audit, "user.registered", userId);
    recordIdentity(audit, "identity.linked", { userId, provider, identity: identityIdOf(account) });
  }
  const lifetime = (await secondFactors.isOn(userId)) ? SECOND_FACTOR_MS : undefined;
  if (purpose.kind === "app") {
    const { challenge } = purpose;
    return { code: await oidc.tickets.issue({ userId, epoch, challenge }, lifetime ?? CODE_MS) };
  }
  if (lifetime !== undefined) {
    setTicket(response, await oidc.tickets.issue({ userId, epoch }, lifetime), lifetime);
    return { oidc: "second_factor" };
  }
  const completed = await completeSignIn(context, request, { method: "oidc", userId, epoch });
  if (!completed) return { oidc_error: "expired" };
  setRefreshCookie(response, completed.signIn.token, refreshTokens.ttl);
  return { home: true };
}

/** Lets the account with the provider sign in to the account of who asked for that, and is still signed in. */
export async function linkAccount(
  { audit, oidc: { identities }, refreshTokens }: AuthContext,
  { userId, signIn }: Extract<Purpose, { kind: "link" }>,
  { account, provider }: At,
): Promise<Result> {
  if (!(await refreshTokens.isActive(signIn))) return { oidc_error: "expired" };
  const identity = identityIdOf(account);
  if (await identities.add(account, { provider, userId })) {
    recordIdentity(audit, "identity.linked", { userId, provider, identity });
    return { oidc: "linked" };
  }
  const mine = await identities.list(userId);
  const isMine = mine.some(({ _id }) => _id === identity);
  return isMine ? { oidc: "linked" } : { oidc_error: "identity_taken" };
}
