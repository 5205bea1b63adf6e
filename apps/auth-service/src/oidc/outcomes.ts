import type { Response } from "express";
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
  { users, oidc, secondFactors, refreshTokens }: AuthContext,
  response: Response,
  { account, provider, purpose }: At & { purpose: Exclude<Purpose, { kind: "link" }> },
): Promise<Result | { home: true }> {
  const found = await accountOf({ users, identities: oidc.identities }, account, provider);
  if ("error" in found) return { oidc_error: found.error };
  const userId = found.user.id;
  const lifetime = (await secondFactors.isOn(userId)) ? SECOND_FACTOR_MS : undefined;
  if (purpose.kind === "app") {
    const { challenge } = purpose;
    return { code: await oidc.tickets.issue({ userId, challenge }, lifetime ?? CODE_MS) };
  }
  if (lifetime !== undefined) {
    setTicket(response, await oidc.tickets.issue({ userId }, lifetime), lifetime);
    return { oidc: "second_factor" };
  }
  const { token } = await refreshTokens.issue(userId);
  setRefreshCookie(response, token, refreshTokens.ttl);
  return { home: true };
}

/** Lets the account with the provider sign in to the account of who asked for that, and is still signed in. */
export async function linkAccount(
  { oidc: { identities }, refreshTokens }: AuthContext,
  { userId, signIn }: Extract<Purpose, { kind: "link" }>,
  { account, provider }: At,
): Promise<Result> {
  if (!(await refreshTokens.isActive(signIn))) return { oidc_error: "expired" };
  if (await identities.add(account, { provider, userId })) return { oidc: "linked" };
  const mine = await identities.list(userId);
  const isMine = mine.some(({ _id }) => _id === identityIdOf(account));
  return isMine ? { oidc: "linked" } : { oidc_error: "identity_taken" };
}
