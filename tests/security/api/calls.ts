import { createHash, randomBytes } from "node:crypto";
import { ChangeList } from "@mobile-ai-agent/contracts";
import { createSoftwareAuthenticator } from "@mobile-ai-agent/test-support";
import fc from "fast-check";
import { generate } from "otplib";
import { z } from "zod";
import { valuesOf } from "./arbitraries.ts";
import { type Described, pathParameters } from "./operations.ts";
import { PROVIDER } from "./provider.ts";
import type { Call } from "./send.ts";
import {
  callAs,
  good,
  type Ids,
  newCredential,
  PICTURE,
  signIn,
  signInWithProvider,
  type User,
} from "./users.ts";

/** Makes what an operation's success needs beyond a body of the right form. */
type Preparation = (origin: string, user: User) => Promise<object>;

/** Whose bodies have to fit what is stored, and so can't be drawn from their schema. */
const BODIES: Readonly<Record<string, Preparation>> = {
  async register() {
    const username = `marker_${randomBytes(8).toString("hex")}`;
    return { username, email: `${username}@example.org`, password: randomBytes(12).toString("base64url") };
  },
  login: async (_origin, { username, password }) => ({ username, password }),
  refresh: newRefreshToken,
  logout: newRefreshToken,
  changePassword: async (_origin, { password }) => ({
    old_password: password,
    new_password: randomBytes(12).toString("base64url"),
  }),
  confirmTotp: enrol,
  async removeTotp(origin, user) {
    const path = "/api/users/me/totp/confirm";
    const confirmed = good(await callAs(origin, user, ["POST", path, await enrol(origin, user)]));
    const { recovery_codes } = z
      .object({ recovery_codes: z.tuple([z.string()], z.string()) })
      .parse(confirmed);
    return { password: user.password, code: recovery_codes[0] };
  },
  async passkeyLogin(origin, user) {
    const options = good(await callAs(origin, user, ["POST", "/api/auth/passkey/options", {}]));
    return { credential: user.authenticator.get(z.object({ challenge: z.string() }).parse(options)) };
  },
  async exchangeOidcCode(origin, user) {
    const code_verifier = randomBytes(32).toString("base64url");
    const challenge = createHash("sha256").update(code_verifier).digest("base64url");
    const { end } = await signInWithProvider(origin, user.authenticator.origin, {
      name: `new_${randomBytes(8).toString("hex")}`,
      query: `?client=app&code_challenge=${challenge}`,
    });
    return { code: new URL(end).searchParams.get("code"), code_verifier };
  },
  async createPasskey(origin, user) {
    const device = createSoftwareAuthenticator(user.authenticator.origin);
    return { name: "another", credential: await newCredential(origin, user, device) };
  },
  createMessage: async () => ({ content: "hello" }),
  editMessage: async (...who) => ({ content: "hello again", ...(await upToDate(...who)) }),
  regenerateAnswer: upToDate,
};

/** Queries that a success needs. */
const QUERIES: Readonly<Record<string, (user: User) => string | undefined>> = {
  getMediaContent: ({ mediaQuery }) => mediaQuery,
  // What everybody has said.
  searchMessages: () => "q=so%20says",
  finishOidc: () => "state=of-another-browser",
};

/** Of who has seen all of the conversation. */
async function upToDate(origin: string, user: User) {
  const path = `/api/message/${user.ids.sessionId}/changes?limit=200`;
  const { changes } = ChangeList.parse(good(await callAs(origin, user, ["GET", path])));
  return { client_message_id: randomBytes(8).toString("hex"), after: changes.at(-1)?.sequence ?? 0 };
}

async function newRefreshToken(origin: string, user: User) {
  return { refresh_token: (await signIn(origin, user)).refresh_token };
}

async function enrol(origin: string, user: User) {
  const { password } = user;
  const enrolled = good(await callAs(origin, user, ["POST", "/api/users/me/totp", { password }]));
  return { code: await generate({ secret: z.object({ secret: z.string() }).parse(enrolled).secret }) };
}

/**
 * A call that succeeds for its user.
 *
 * @param ids what the path names; the user's own things unless given
 */
export async function goodCall(
  operation: Described,
  { origin, user, ids = user.ids }: { origin: string; user: User; ids?: Ids },
): Promise<Call> {
  const body = operation.source.upload ? PICTURE : await goodBody(operation, origin, user);
  return {
    method: operation.method,
    path: pathOf(operation, ids) + queryOf(operation, user),
    headers: headersOf(operation, user),
    ...(body !== undefined && { body }),
  };
}

/** The query that a success needs, with its question mark; empty for most. */
export function queryOf({ id }: Described, user: User): string {
  const query = QUERIES[id]?.(user);
  return query === undefined ? "" : `?${query}`;
}

async function goodBody({ id, body }: Described, origin: string, user: User): Promise<string | undefined> {
  if (body === undefined) return undefined;
  const prepared = await BODIES[id]?.(origin, user);
  if (prepared !== undefined) return JSON.stringify(prepared);
  const [drawn] = fc.sample(valuesOf(body), { numRuns: 1, seed: 1 });
  const { password } = user;
  return JSON.stringify({ ...(drawn as object), ...(body.properties?.password && { password }) });
}

export function headersOf({ needsUser, body, source }: Described, user: User): Record<string, string> {
  const type = source.upload ? "image/png" : body && "application/json";
  return {
    "x-forwarded-for": user.address,
    ...(needsUser && { authorization: `Bearer ${user.token}` }),
    ...(type && { "content-type": type }),
  };
}

/** What a path names that is nobody's own. */
export const COMMON: Ids = {
  provider: PROVIDER,
  erasureToken: "of-somebody-whom-nobody-here-knows-at-all-0",
};

/** @throws Error for a parameter that has no fixture */
export function pathOf(operation: Described, ownIds: Ids): string {
  const ids = { ...COMMON, ...ownIds };
  for (const name of pathParameters(operation)) {
    if (ids[name] === undefined) {
      throw new Error(
        `${operation.id} has no fixture for {${name}}: make one in tests/security/api/users.ts`,
      );
    }
  }
  return operation.path.replace(/\{(\w+)\}/g, (_, name) => ids[name] ?? "");
}
