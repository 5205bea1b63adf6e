import { randomUUID } from "node:crypto";
import { createIssuer, freePort } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { COMMON, goodCall, pathOf } from "./api/calls.ts";
import { faultsOf } from "./api/judge.ts";
import { DESCRIBED, type Described, pathParameters } from "./api/operations.ts";
import { type Answer, type Call, send } from "./api/send.ts";
import {
  callAs,
  furnish,
  good,
  identityIdOf,
  newAddress,
  PICTURE,
  signInWithProvider,
  signUp,
  type User,
} from "./api/users.ts";
import { type Platform, startPlatform } from "./platform.ts";

const issuer = createIssuer();
let platform: Platform;
/** One that takes a request a minute of each kind, and one before services that are gone. */
let strict: string;
let bereft: string;

beforeAll(async () => {
  platform = await startPlatform(issuer);
  const once = Object.fromEntries(
    ["AUTH", "CHAT", "EXPORT", "API", "OTHER"].map((name) => [`RATE_LIMIT_${name}`, "1/60"]),
  );
  strict = await platform.startGateway(once);
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  bereft = await platform.startGateway({
    ...{ AUTH_SERVICE_URL: nowhere, CONTEXT_PROTOCOL_SERVER_URL: nowhere, MEDIA_PROCESSING_URL: nowhere },
    ...{ UPSTREAM_FAILURES: "1", UPSTREAM_REST: "60" },
  });
});
afterAll(() => platform?.stop());

/** What makes an operation answer with a status: the last answer counts. */
type Provocation = (good: Call, operation: Described, user: User) => Promise<Answer>;

const ask = (call: Call) => send(platform.gateway, call);
const withBody = (call: Call, body: unknown) => ask({ ...call, body: JSON.stringify(body) });
const withHeaders = (call: Call, headers: Record<string, string>) =>
  ask({ ...call, headers: { ...call.headers, ...headers } });
const bodyOf = ({ body }: Call) => JSON.parse(`${body}`);

/** For whatever takes a body: more than a picture or a recording may have. */
const TOO_LARGE = 13 * 1024 * 1024;

/** By status, for every operation that has it and no provocation of its own. */
const PROVOCATIONS: Readonly<Record<number, Provocation>> = {
  400: (call, { body }) => {
    const withoutQuery = call.path.split("?")[0];
    return body
      ? withBody(call, [["of", "no"], "form"])
      : ask({ ...call, path: `${withoutQuery}?limit=none` });
  },
  401: ({ headers: { authorization: _, ...headers }, ...call }) => ask({ ...call, headers }),
  403: (call, operation) => {
    if (pathParameters(operation).includes("sessionId"))
      return withHeaders(call, { "x-session-token": "another" });
    if (operation.body?.properties?.refresh_token_in || operation.body?.properties?.refresh_token)
      return fromPage(call, { "sec-fetch-site": "cross-site" });
    return withBody(call, { ...bodyOf(call), password: "wrong", old_password: undefined });
  },
  404: async (call, operation) => {
    const others = pathParameters(operation).map((name) => [name, randomUUID()]);
    return ask({ ...call, path: pathOf(operation, Object.fromEntries(others)) });
  },
  412: (call) => withHeaders(call, { "if-match": '"999"' }),
  413: (call) => ask({ ...call, body: Buffer.alloc(TOO_LARGE, " ") }),
  415: (call) => withHeaders(call, { "content-type": "text/plain" }),
  429: async (call) => {
    const headers = { ...call.headers, "x-forwarded-for": newAddress() };
    await send(strict, { ...call, headers });
    return send(strict, { ...call, headers });
  },
  503: async (call) => {
    await send(bereft, call);
    return send(bereft, call);
  },
};

/** As a web page that keeps its refresh token in the cookie. */
function fromPage(call: Call, headers: Record<string, string>): Promise<Answer> {
  const cookie = "__Secure-refresh_token=kept";
  const { refresh_token: _, ...body } = bodyOf(call);
  const inCookie = "refresh_token" in bodyOf(call) ? {} : { ...body, refresh_token_in: "cookie" };
  const all = { ...call.headers, cookie, ...headers };
  return ask({ ...call, headers: all, body: JSON.stringify(inCookie) });
}

const wrongPassword: Provocation = (call) => withBody(call, { ...bodyOf(call), password: "wrong" });

/** Who has seen nothing of the conversation. */
const behind: Provocation = (call) => withBody(call, { ...bodyOf(call), after: 0 });

/** As a picture in some page, which is no way to come to a sign-in. */
const fromFrame: Provocation = (call) =>
  withHeaders(call, { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" });

/** What is special to an operation. */
const OWN: Readonly<Record<string, Readonly<Record<number, Provocation>>>> = {
  register: {
    409: async (call) => {
      await ask(call);
      return ask(call);
    },
  },
  login: { 401: wrongPassword },
  refresh: { 401: (call) => withBody(call, { refresh_token: "unknown" }) },
  logout: { 401: (call) => withBody(call, {}) },
  passkeyLogin: {
    401: (call) => withBody(call, { credential: { ...bodyOf(call).credential, id: "unknown" } }),
  },
  changePassword: { 403: (call) => withBody(call, { ...bodyOf(call), old_password: "wrong" }) },
  enrolTotp: {
    403: wrongPassword,
    409: async (call, _operation, user) => {
      const confirm = DESCRIBED.find(({ id }) => id === "confirmTotp") as Described;
      good(await ask(await goodCall(confirm, { origin: platform.gateway, user })));
      return ask(call);
    },
  },
  removeTotp: { 403: wrongPassword },
  createPasskeyOptions: { 403: wrongPassword },
  removePasskey: { 403: wrongPassword },
  startOidc: { 403: fromFrame },
  finishOidc: {
    403: fromFrame,
    404: (call) => ask({ ...call, path: call.path.replace(`/${COMMON.provider}/`, "/none/") }),
  },
  exchangeOidcCode: { 401: (call) => withBody(call, { ...bodyOf(call), code: "unknown" }) },
  removeIdentity: {
    409: async (call, operation, user) => {
      const name = `new_${user.username.slice(7)}`;
      const page = user.authenticator.origin;
      const { refreshToken } = await signInWithProvider(platform.gateway, page, { name });
      const body = { refresh_token: refreshToken };
      const tokens = good(await callAs(platform.gateway, user, ["POST", "/api/auth/refresh", body]));
      const token = (tokens as { access_token: string }).access_token;
      const other = { ...user, token };
      const list = good(await callAs(platform.gateway, other, ["GET", "/api/auth/identities"]));
      const path = pathOf(operation, { identityId: identityIdOf(list) });
      return withHeaders({ ...call, path }, { authorization: `Bearer ${token}` });
    },
  },
  listUsers: {
    200: async (call, _operation, user) => {
      await platform.makeAdmin(user.username);
      return ask(call);
    },
    400: async (call, _operation, user) => {
      await platform.makeAdmin(user.username);
      return ask({ ...call, path: `${call.path}?limit=none` });
    },
    403: ask,
  },
  decideApproval: {
    409: async (call) => {
      good(await withBody(call, { decision: "refuse" }));
      return withBody(call, { decision: "approve" });
    },
  },
  createMessage: {
    409: async (call, _operation, user) => {
      const edit = DESCRIBED.find(({ id }) => id === "editMessage") as Described;
      const edited = await goodCall(edit, { origin: platform.gateway, user });
      good(await ask(edited));
      const { client_message_id } = bodyOf(edited);
      return withBody(call, { ...bodyOf(call), client_message_id });
    },
  },
  editMessage: { 409: behind },
  regenerateAnswer: { 409: behind },
  uploadMedia: {
    400: (call) => ask({ ...call, body: "" }),
    408: (call) => withHeaders(call, { "content-length": `${Buffer.byteLength(call.body ?? "") + 1}` }),
    422: (call) => ask({ ...call, body: PICTURE.subarray(0, 50) }),
  },
  getMediaContent: {
    206: (call) => withHeaders(call, { range: "bytes=0-1" }),
    304: (call, _operation, user) => withHeaders(call, { "if-none-match": `"${user.ids.mediaId}-full"` }),
    403: (call) => ask({ ...call, path: `${call.path}no` }),
    404: async (call, _operation, user) => {
      good(await callAs(platform.gateway, user, ["DELETE", `/api/media/${user.ids.mediaId}`]));
      return ask(call);
    },
    416: (call) => withHeaders(call, { range: "bytes=9999999-" }),
  },
};

/** What an operation can't be made to answer, and why the document has it all the same. */
const UNREACHABLE: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  getOpenApi: { 503: "the gateway answers by itself; what is before it says 503 while no gateway runs" },
};

describe.each(DESCRIBED)("$id", (operation) => {
  const reachable = [...operation.responses.keys()].filter(
    (status) => UNREACHABLE[operation.id]?.[status] === undefined,
  );
  const prepare = async () => {
    const user = await furnish(platform, await signUp(platform.gateway, issuer.issuer));
    return { user, call: await goodCall(operation, { origin: platform.gateway, user }) };
  };
  let refused: ReturnType<typeof prepare> | undefined;

  it.each(reachable)("answers %i, as it is described", async (status) => {
    const isSuccess = status === operation.source.success.status;
    const own = OWN[operation.id]?.[status];
    // What changes something needs things of its own; what is refused doesn't.
    if (!isSuccess && !own) refused ??= prepare();
    const { user, call } = await (isSuccess || own ? prepare() : (refused as ReturnType<typeof prepare>));
    const provoke = own ?? (isSuccess ? ask : PROVOCATIONS[status]);
    if (provoke === undefined)
      throw new Error(`nothing is known that makes ${operation.id} answer ${status}`);
    const answer = await provoke(call, operation, user);
    expect({ status: answer.status, faults: faultsOf(operation, answer, status) }).toEqual({
      status,
      faults: [],
    });
  });
});

it("knows no reason for a status that is not described", () => {
  for (const [id, statuses] of Object.entries({ ...UNREACHABLE, ...OWN })) {
    const responses = DESCRIBED.find((operation) => operation.id === id)?.responses;
    for (const status of Object.keys(statuses)) expect(responses?.has(Number(status)), id).toBe(true);
  }
});
