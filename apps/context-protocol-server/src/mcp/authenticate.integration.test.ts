import { randomUUID } from "node:crypto";
import { type ConversationStore, createConversationStore } from "@mobile-ai-agent/conversation-store";
import { connectMongo, createLogger, signRunToken } from "@mobile-ai-agent/service-kit";
import { CONTENT_ENV, createIssuer, startMongo, startRedis, testCipher } from "@mobile-ai-agent/test-support";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readServiceConfig } from "../config.ts";
import { createService } from "../service.ts";

const RUN_TOKEN_KEY = "k".repeat(32);

const cleanup = new AsyncDisposableStack();
let origin: string;
let store: ConversationStore;

beforeAll(async () => {
  const issuer = createIssuer();
  const [redis, mongo, keys] = await Promise.all([startRedis(), startMongo(), issuer.serve()]);
  for (const resource of [redis, mongo, keys]) cleanup.defer(() => resource.stop());
  const config = readServiceConfig({
    PORT: "0",
    METRICS_PORT: "0",
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWKS_URL: keys.jwksUrl,
    MONGODB_URI: mongo.uri,
    REDIS_URL: redis.url,
    RUN_TOKEN_KEY,
    ...CONTENT_ENV,
    MCP_URL: "https://agent.test/mcp",
    MCP_ALLOWED_HOSTS: "127.0.0.1",
  });
  const database = await connectMongo(config, "test");
  cleanup.defer(() => database.close());
  store = createConversationStore(database.db, testCipher(database.db));
  const service = createService(config, { logger: createLogger("test", "error") });
  cleanup.defer(() => service.stop());
  await service.start();
  origin = `http://127.0.0.1:${service.port()}`;
});

afterAll(() => cleanup.disposeAsync());

/** A user with two sessions, and a run in the first of them. */
async function storeRun() {
  const [userId, runId] = [randomUUID(), randomUUID()];
  const { id: sessionId } = (await store.sessions.create({ userId })).session;
  const { id: otherId } = (await store.sessions.create({ userId })).session;
  await store.contexts.update({ sessionId, userId }, { name: "Ada" });
  await store.runs.create({ runId, sessionId, userId, messageId: randomUUID(), asked: 1 });
  return { runId, sessionId, otherId, userId };
}

async function connectAs(runId: string, key = RUN_TOKEN_KEY) {
  const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
  const headers = { authorization: `Bearer ${signRunToken(key, runId)}` };
  await client.connect(
    new StreamableHTTPClientTransport(new URL("/mcp", origin), { requestInit: { headers } }),
  );
  return client;
}

const uriOf = (sessionId: string) => `context://sessions/${sessionId}`;
const refused = /401|unauthorized/i;

describe("a run that is being answered", () => {
  it("sees its own session and none of its user's others", async () => {
    const { runId, sessionId, otherId } = await storeRun();
    const run = await connectAs(runId);
    expect((await run.listResources()).resources.map(({ uri }) => uri)).toEqual([uriOf(sessionId)]);
    const { contents } = await run.readResource({ uri: uriOf(sessionId) });
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({ context: { name: "Ada" } });
    const sessions = await run.callTool({ name: "list_sessions", arguments: {} });
    expect(sessions.structuredContent).toMatchObject({ sessions: [{ id: sessionId }] });
    await expect(run.readResource({ uri: uriOf(otherId) })).rejects.toMatchObject({
      data: { uri: uriOf(otherId) },
    });
    const other = await run.callTool({ name: "get_context", arguments: { session_id: otherId } });
    expect(other.isError).toBe(true);
    await run.close();
  });

  it("changes its own session's context and no other's", async () => {
    const { runId, sessionId, otherId, userId } = await storeRun();
    const run = await connectAs(runId);
    const update = (session_id: string) =>
      run.callTool({ name: "update_context", arguments: { session_id, patch: { likes: "tea" } } });
    expect((await update(sessionId)).structuredContent).toMatchObject({
      context: { name: "Ada", likes: "tea" },
    });
    expect((await update(otherId)).isError).toBe(true);
    expect((await store.contexts.get({ sessionId: otherId, userId })).context).toEqual({});
    await run.close();
  });

  it("is refused once it is over, when there is none, and with another key's token", async () => {
    const { runId } = await storeRun();
    await expect(connectAs(runId, "x".repeat(32))).rejects.toThrow(refused);
    await expect(connectAs(randomUUID())).rejects.toThrow(refused);
    await (await connectAs(runId)).close();
    await store.runs.setStatus(runId, "completed");
    await expect(connectAs(runId)).rejects.toThrow(refused);
  });

  it("has no use for its token outside MCP", async () => {
    const { runId, sessionId } = await storeRun();
    const headers = { authorization: `Bearer ${signRunToken(RUN_TOKEN_KEY, runId)}` };
    expect((await fetch(`${origin}/api/context/${sessionId}`, { headers })).status).toBe(401);
  });
});
