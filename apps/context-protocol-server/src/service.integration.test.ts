import { randomUUID } from "node:crypto";
import { connectRedis, createLogger, type RedisClient } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createIssuer,
  describedFetch,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readServiceConfig } from "./config.ts";
import { createService } from "./service.ts";

const RUN_TOKEN_KEY = "k".repeat(32);

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let origin: string;
let redis: RedisClient;

beforeAll(async () => {
  const [redisServer, mongo, keys] = await Promise.all([startRedis(), startMongo(), issuer.serve()]);
  for (const resource of [redisServer, mongo, keys]) cleanup.defer(() => resource.stop());
  redis = await connectRedis({ REDIS_URL: redisServer.url });
  cleanup.defer(() => redis.close());
  const config = readServiceConfig({
    PORT: "0",
    METRICS_PORT: "0",
    LOG_LEVEL: "error",
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWKS_URL: keys.jwksUrl,
    MONGODB_URI: mongo.uri,
    REDIS_URL: redisServer.url,
    RUN_TOKEN_KEY,
    ...CONTENT_ENV,
    MCP_URL: "https://agent.test/mcp",
    MCP_ALLOWED_HOSTS: "127.0.0.1",
  });
  const service = createService(config, { logger: createLogger("test", "error") });
  cleanup.defer(() => service.stop());
  await service.start();
  origin = `http://127.0.0.1:${service.port()}`;
});

afterAll(() => cleanup.disposeAsync());

/** One user's requests. */
function user() {
  const token = issuer.token({ claims: { sub: randomUUID() } });
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await describedFetch(`${origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...headers },
      body: body === undefined ? null : JSON.stringify(body),
    });
    // biome-ignore lint/suspicious/noExplicitAny: the assertions are the schema here
    return { status: response.status, headers: response.headers, body: (await response.json()) as any };
  };
}

async function userWithSession() {
  const call = user();
  const { body } = await call("POST", "/api/session/create", { title: "Trip" });
  return { call, id: body.session_id as string, token: body.session_token as string };
}

const queued = async () => {
  const entries = (await redis.xRange("runs", "-", "+")) ?? [];
  return entries.map(({ message }) => message.run_id);
};

describe("sessions", () => {
  it("creates, shows and lists a session", async () => {
    const { call, id, token } = await userWithSession();
    const shown = await call("GET", `/api/session/${id}`, undefined, { "x-session-token": token });
    expect(shown).toMatchObject({ status: 200, body: { id, title: "Trip" } });
    expect((await call("GET", "/api/session")).body.sessions).toEqual([shown.body]);
  });

  it("refuses another session's token", async () => {
    const { call, id } = await userWithSession();
    const wrong = await call("GET", `/api/session/${id}`, undefined, { "x-session-token": "wrong" });
    expect(wrong.status).toBe(403);
  });

  it("asks for a token", async () => {
    const response = await describedFetch(`${origin}/api/session`);
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer/);
  });
});

describe("what belongs to another user", () => {
  it("answers 404, as what isn't there does", async () => {
    const { call, id } = await userWithSession();
    const { body: created } = await call("POST", `/api/message/${id}`, { content: "secret" });
    const stranger = user();
    for (const [method, path, body] of [
      ["GET", `/api/session/${id}`],
      ["GET", `/api/context/${id}`],
      ["PATCH", `/api/context/${id}`, { a: 1 }],
      ["POST", `/api/context/${id}/update`, { a: 1 }],
      ["GET", `/api/message/${id}`],
      ["POST", `/api/message/${id}`, { content: "hello" }],
      ["GET", `/api/run/${created.run_id}`],
    ] as const) {
      expect(await stranger(method, path, body), `${method} ${path}`).toMatchObject({ status: 404 });
      const none = path.replace(id, randomUUID()).replace(created.run_id, randomUUID());
      const malformed = path.replace(id, "x").replace(created.run_id, "x");
      expect((await call(method, none, body)).status, none).toBe(404);
      expect((await call(method, malformed, body)).status, malformed).toBe(404);
    }
    const { body: messages } = await call("GET", `/api/message/${id}`);
    expect(messages.messages).toHaveLength(1);
  });
});

describe("context", () => {
  it("merges patches, and gives the version as ETag", async () => {
    const { call, id } = await userWithSession();
    const empty = await call("GET", `/api/context/${id}`);
    expect(empty.body).toEqual({ session_id: id, version: 0, context: {} });
    expect(empty.headers.get("etag")).toBe('"0"');
    await call("PATCH", `/api/context/${id}`, { name: "Ada", place: { city: "Bern", zip: 3000 } });
    const patched = await call("PATCH", `/api/context/${id}`, { name: null, place: { zip: 3011 } });
    expect(patched.headers.get("etag")).toBe('"2"');
    expect(patched.body.context).toEqual({ place: { city: "Bern", zip: 3011 } });
    expect((await call("GET", `/api/context/${id}`)).body).toEqual(patched.body);
  });

  it("lets one of two writers with the same If-Match through, and answers 412 to the other", async () => {
    const { call, id } = await userWithSession();
    const patch = (value: string) => call("PATCH", `/api/context/${id}`, { value }, { "if-match": '"0"' });
    const answers = await Promise.all([patch("one"), patch("two")]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    const winner = answers.find(({ status }) => status === 200);
    expect((await call("GET", `/api/context/${id}`)).body).toEqual(winner?.body);
  });

  it("merges a POST to its update path as it does a PATCH, If-Match too", async () => {
    const { call, id } = await userWithSession();
    await call("PATCH", `/api/context/${id}`, { name: "Ada" });
    const update = (body: object, version: number) =>
      call("POST", `/api/context/${id}/update`, body, { "if-match": `"${version}"` });
    const updated = await update({ city: "Bern" }, 1);
    expect(updated).toMatchObject({
      status: 200,
      body: { version: 2, context: { name: "Ada", city: "Bern" } },
    });
    expect(updated.headers.get("etag")).toBe('"2"');
    expect((await update({ city: null }, 1)).status).toBe(412);
  });

  it.each([[[1]], ["text"]])("refuses %j, which is no object", async (patch) => {
    const { call, id } = await userWithSession();
    expect((await call("PATCH", `/api/context/${id}`, patch)).status).toBe(400);
  });
});

describe("messages", () => {
  it("stores a message, its run, and queues the run", async () => {
    const { call, id } = await userWithSession();
    const { status, body } = await call("POST", `/api/message/${id}`, { content: "hello" });
    expect(status).toBe(201);
    expect(body.message).toMatchObject({
      session_id: id,
      sequence: 1,
      role: "user",
      type: "text",
      content: "hello",
    });
    expect(await queued()).toContain(body.run_id);
    const run = await call("GET", `/api/run/${body.run_id}`);
    expect(run).toMatchObject({ status: 200, body: { id: body.run_id, session_id: id, status: "queued" } });
  });

  it("answers a resend with the stored message, and queues no second run", async () => {
    const { call, id } = await userWithSession();
    const message = { content: "hello", client_message_id: randomUUID() };
    const first = await call("POST", `/api/message/${id}`, message);
    const again = await call("POST", `/api/message/${id}`, message);
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect((await queued()).filter((runId) => runId === first.body.run_id)).toHaveLength(1);
  });

  it("queues the run again when a resend finds it lost", async () => {
    const { call, id } = await userWithSession();
    const message = { content: "hello", client_message_id: randomUUID() };
    const { body } = await call("POST", `/api/message/${id}`, message);
    await redis.flushAll();
    await call("POST", `/api/message/${id}`, message);
    expect(await queued()).toEqual([body.run_id]);
  });

  it("lists page by page", async () => {
    const { call, id } = await userWithSession();
    for (const content of ["1", "2", "3"]) await call("POST", `/api/message/${id}`, { content });
    const first = await call("GET", `/api/message/${id}?limit=2`);
    expect(first.body).toMatchObject({ messages: [{ content: "1" }, { content: "2" }], next_after: 2 });
    const last = await call("GET", `/api/message/${id}?after=2&limit=2`);
    expect(last.body).toMatchObject({ messages: [{ content: "3" }], next_after: null });
  });

  it("says what is wrong with a body or a query", async () => {
    const { call, id } = await userWithSession();
    const empty = await call("POST", `/api/message/${id}`, { content: "", color: "red" });
    expect(empty).toMatchObject({ status: 400, body: { errors: expect.any(Array) } });
    expect((await call("GET", `/api/message/${id}?limit=0`)).status).toBe(400);
    expect((await call("GET", `/api/message/${id}`)).body.messages).toEqual([]);
  });
});
