import { randomBytes } from "node:crypto";
import { createBrowser, createSoftwareAuthenticator } from "@mobile-ai-agent/test-support";
import { z } from "zod";
import type { Platform } from "../platform.ts";
import { PROVIDER } from "./provider.ts";
import { type Answer, send } from "./send.ts";

/** What a path names, by parameter. An operation with another parameter has no fixture, and fails the tests. */
export type Ids = Readonly<Record<string, string>>;

export interface User {
  readonly username: string;
  /** As the gateway is told it: a network of their own, so that nobody waits for another's failed sign-ins. */
  readonly address: string;
  readonly token: string;
  readonly refreshToken: string;
  password: string;
  /** Of what `furnish` has made. */
  ids: Ids;
  sessionToken?: string;
  /** What signs the address of the picture. */
  mediaQuery?: string;
  readonly authenticator: ReturnType<typeof createSoftwareAuthenticator>;
}

/** Calls as a user, or as nobody in particular. */
export async function callAs(
  origin: string,
  user: Pick<User, "address"> & { token?: string },
  [method, path, body]: readonly [method: string, path: string, body?: unknown],
): Promise<Answer> {
  const headers = {
    "x-forwarded-for": user.address,
    ...(user.token !== undefined && { authorization: `Bearer ${user.token}` }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  return send(origin, { method, path, headers, body: body === undefined ? undefined : JSON.stringify(body) });
}

/** The body of an answer that has to be good. @throws Error with the problem otherwise */
export function good(answer: Answer): unknown {
  if (answer.status >= 300) throw new Error(`a fixture can't be made: ${answer.status} ${answer.body}`);
  return answer.body === "" ? undefined : JSON.parse(answer.body);
}

let count = 0;
export function newAddress(): string {
  count += 1;
  return `10.${(count >> 16) & 255}.${(count >> 8) & 255}.${count & 255}`;
}

/** @param issuer the platform's address, where passkeys are good */
export async function signUp(origin: string, issuer: string): Promise<User> {
  const username = `marker_${randomBytes(8).toString("hex")}`;
  const password = randomBytes(12).toString("base64url");
  const address = newAddress();
  const account = { username, email: `${username}@example.org`, password };
  good(await callAs(origin, { address }, ["POST", "/api/auth/register", account]));
  const tokens = await signIn(origin, { username, password, address });
  return {
    ...{ username, password, address, ids: {} },
    ...{ token: tokens.access_token, refreshToken: tokens.refresh_token },
    authenticator: createSoftwareAuthenticator(new URL(issuer).origin),
  };
}

export async function signIn(
  origin: string,
  { username, password, address }: Pick<User, "username" | "password" | "address">,
) {
  const answer = await callAs(origin, { address }, ["POST", "/api/auth/login", { username, password }]);
  return z.object({ access_token: z.string(), refresh_token: z.string() }).parse(good(answer));
}

/** Gives the user one of each thing that a path can name, with their username, which nobody else has, in all texts. */
export async function furnish(
  { gateway: origin, askApproval }: Pick<Platform, "gateway" | "askApproval">,
  user: User,
): Promise<User> {
  const call = async (...parts: Parameters<typeof callAs>[2]) => good(await callAs(origin, user, parts));
  const marker = user.username;
  const session = z
    .object({ session_id: z.string(), session_token: z.string() })
    .parse(await call("POST", "/api/session/create", { title: marker, device_info: { [marker]: marker } }));
  await call("PATCH", `/api/context/${session.session_id}`, { [marker]: marker });
  const message = { content: `so says ${marker}` };
  const sent = await call("POST", `/api/message/${session.session_id}`, message);
  const { run_id: runId, message: said } = z
    .object({ run_id: z.string(), message: z.object({ id: z.string() }) })
    .parse(sent);
  await addPasskey(origin, user);
  const picture = await upload(origin, user);
  user.sessionToken = session.session_token;
  user.mediaQuery = picture.url.split("?")[1] ?? "";
  const { authenticator } = user;
  const approvalId = await askApproval(runId, marker);
  const identityId = await linkIdentity(origin, user);
  const erasureToken = await erasureTokenOf(origin);
  const ids = { sessionId: session.session_id, messageId: said.id, runId, approvalId };
  user.ids = { ...ids, passkeyId: authenticator.id, mediaId: picture.id, identityId, erasureToken };
  return user;
}

const erasureTokens = new Map<string, Promise<string>>();

/** Of somebody who is erased by now: whoever has it may see how far that is. The same for all users of an origin. */
function erasureTokenOf(origin: string): Promise<string> {
  const known = erasureTokens.get(origin) ?? eraseSomebody(origin);
  erasureTokens.set(origin, known);
  return known;
}

async function eraseSomebody(origin: string): Promise<string> {
  const user = await signUp(origin, "https://somebody.test");
  const { password } = user;
  const accepted = good(await callAs(origin, user, ["POST", "/api/users/me/erasure", { password }]));
  return z.object({ status_url: z.string() }).parse(accepted).status_url.split("/").at(-1) ?? "";
}

/** The smallest picture that there is. */
export const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

async function upload(origin: string, { address, token }: User) {
  const answer = await send(origin, {
    method: "POST",
    path: "/api/media",
    headers: {
      "x-forwarded-for": address,
      authorization: `Bearer ${token}`,
      "content-type": "image/png",
    },
    body: PICTURE,
  });
  return z.object({ id: z.string(), url: z.string() }).parse(good(answer));
}

/**
 * Signs in with the provider, by a name that it then has an account of.
 *
 * @param query of the start
 * @returns where the browser ends, and its refresh token if it is a page's
 */
export async function signInWithProvider(
  origin: string,
  page: string,
  { name, query = "" }: { name: string; query?: string },
): Promise<{ end: string; refreshToken: string | undefined }> {
  const browser = createBrowser({ [page]: origin });
  const start = await browser.visit(`${page}/api/auth/oidc/${PROVIDER}/start${query}`);
  const back = await browser.follow(
    `${start.location}&login_hint=${name}`,
    `${page}/api/auth/oidc/${PROVIDER}/callback`,
  );
  const { location } = await browser.visit(back.location ?? "");
  return { end: location ?? "", refreshToken: browser.cookie(page, "__Secure-refresh_token") };
}

/** Links an account at the provider, of the user's own name. */
async function linkIdentity(origin: string, user: User): Promise<string> {
  const page = user.authenticator.origin;
  const browser = createBrowser({ [page]: origin });
  const { password, username } = user;
  const answer = await callAs(origin, user, ["POST", `/api/auth/oidc/${PROVIDER}/link`, { password }]);
  const { url } = z.object({ url: z.string() }).parse(good(answer));
  const cookies = [answer.headers["set-cookie"] ?? []].flat();
  browser.keep(page, new Response(null, { headers: cookies.map((cookie) => ["set-cookie", cookie]) }));
  const back = await browser.follow(`${url}&login_hint=${username}`, `${page}/settings`);
  if (!back.location?.endsWith("?oidc=linked")) throw new Error(`the link ended at ${back.location}`);
  return identityIdOf(good(await callAs(origin, user, ["GET", "/api/auth/identities"])));
}

export function identityIdOf(list: unknown): string {
  const { identities } = z.object({ identities: z.array(z.object({ id: z.string() })) }).parse(list);
  return identities[0]?.id ?? "";
}

async function addPasskey(origin: string, user: User): Promise<void> {
  const credential = await newCredential(origin, user);
  good(await callAs(origin, user, ["POST", "/api/users/me/passkeys", { name: user.username, credential }]));
}

/** What the user's device makes of a new challenge. */
export async function newCredential(
  origin: string,
  user: User,
  device: User["authenticator"] = user.authenticator,
) {
  const { password } = user;
  const options = good(await callAs(origin, user, ["POST", "/api/users/me/passkeys/options", { password }]));
  return device.create(z.object({ challenge: z.string() }).parse(options));
}
