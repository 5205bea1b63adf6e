import { randomBytes, randomUUID } from "node:crypto";
import type { OidcError, User } from "@mobile-ai-agent/contracts";
import { z } from "zod";
import type { RefreshTokens } from "../refresh-tokens.ts";
import type { Users } from "../users.ts";
import { type Identities, identityIdOf } from "./identities.ts";
import type { ProviderAccount } from "./providers.ts";

/** So long after it was added, an identity without its account is what a process left that ended in between. */
const UNDER_WAY_MS = 60_000;
const TRIES = 5;
const EMAIL = z.email().max(254);

export type Found =
  /** `epoch` is of before the identity was looked at for the last time. */
  { readonly user: User; readonly epoch: string; readonly isNew: boolean } | { readonly error: OidcError };

/**
 * Whose account it is that somebody signs in to with a provider; a new one the first time. An e-mail address joins
 * nothing: whoever gets an address at some provider would get the account.
 */
export async function accountOf(
  parts: { users: Users; identities: Identities; refreshTokens: Pick<RefreshTokens, "epochOf"> },
  account: ProviderAccount,
  provider: string,
): Promise<Found> {
  const { users, identities, refreshTokens } = parts;
  const known = await identities.find(account);
  const user = known && (await users.findById(known.user_id));
  if (user) {
    const epoch = await refreshTokens.epochOf(user.id);
    return (await identities.touch(known._id)) ? { user, epoch, isNew: false } : { error: "expired" };
  }
  if (known) {
    if (Date.now() - known.created_at.getTime() < UNDER_WAY_MS) return { error: "unavailable" };
    await identities.remove(known.user_id, known._id);
  }
  const { data: email } = EMAIL.safeParse(account.email);
  if (email === undefined) return { error: "no_email" };
  if (await users.findByLogin(email)) return { error: "email_taken" };
  // The identity comes first: of two sign-ins at once, one makes the account.
  const id = randomUUID();
  if (!(await identities.add(account, { provider, userId: id }))) return { error: "unavailable" };
  const made = await makeUser(users, { id, email, name: account.name });
  if (made) return { user: made, epoch: await refreshTokens.epochOf(id), isNew: true };
  await identities.remove(id, identityIdOf(account));
  return { error: "email_taken" };
}

async function makeUser(
  users: Users,
  { id, email, name }: { id: string; email: string; name: string | undefined },
): Promise<User | undefined> {
  const base = usernameOf(name ?? email);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const username = tries === 0 ? base : `${base}_${randomBytes(3).toString("hex")}`;
    const made = await users.create({ id, username, email });
    if (made) return made;
  }
  return undefined;
}

/** Of a name or an address: 3 to 40 letters, digits and underscores, which leaves room for what makes it unique. */
export function usernameOf(name: string): string {
  const [local = ""] = name.split("@");
  const plain = local
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^A-Za-z0-9_]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 40);
  return plain.length >= 3 ? plain : `user_${plain || "new"}`;
}
