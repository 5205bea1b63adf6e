import { randomUUID } from "node:crypto";
import {
  type Approval,
  ApprovalList,
  type ClientToServerEvents,
  type ServerToClientEvents,
  SOCKET_PATH,
} from "@mobile-ai-agent/contracts";
import {
  createConversationStore,
  createRunQueue,
  createUserEvents,
} from "@mobile-ai-agent/conversation-store";
import { connectMongo, connectRedis, createLogger, type RedisClient } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createIssuer,
  eventually,
  startMongo,
  startRedis,
  testCipher,
  testTransitCipher,
} from "@mobile-ai-agent/test-support";
import { io, type Socket } from "socket.io-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readServiceConfig as readContextConfig } from "../../context-protocol-server/src/config.ts";
import { createService as createContextService } from "../../context-protocol-server/src/service.ts";
import { readServiceConfig } from "./config.ts";
import { createService, type WebsocketServer } from "./service.ts";

const logger = createLogger("test", "none");
const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let context: string;
let redis: RedisClient;
let store: ReturnType<typeof createConversationStore>;
let replicas: [WebsocketServer, WebsocketServer];

beforeAll(async () => {
  const [redisServer, mongoServer, keys] = await Promise.all([startRedis(), startMongo(), issuer.serve()]);
  for (const resource of [redisServer, mongoServer, keys]) cleanup.defer(() => resource.stop());
  const env = {
    ...{ PORT: "0", METRICS_PORT: "0", RUN_TOKEN_KEY: "k".repeat(32) },
    ...{ JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: issuer.audience, JWKS_URL: keys.jwksUrl },
    ...{ MONGODB_URI: mongoServer.uri, REDIS_URL: redisServer.url },
    ...{ MCP_URL: "https://agent.test/mcp", MCP_ALLOWED_HOSTS: "127.0.0.1", ...CONTENT_ENV },
  };
  const contextServer = createContextService(readContextConfig(env), { logger });
  cleanup.defer(() => contextServer.stop());
  await contextServer.start();
  context = `http://127.0.0.1:${contextServer.port()}`;
  redis = await connectRedis({ REDIS_URL: redisServer.url });
  cleanup.defer(() => redis.close());
  const mongo = await connectMongo({ MONGODB_URI: mongoServer.uri }, "test");
  cleanup.defer(() => mongo.close());
  store = createConversationStore(mongo.db, testCipher(mongo.db));
  const startReplica = async () => {
    const replica = createService(readServiceConfig({ ...env, CONTEXT_PROTOCOL_SERVER_URL: context }), {
      logger,
    });
    cleanup.defer(() => replica.stop());
    await replica.start();
    return replica;
  };
  replicas = await Promise.all([startReplica(), startReplica()]);
});
afterAll(() => cleanup.disposeAsync());

const tokenOf = (sub: string) => issuer.token({ claims: { sub } });

/** A device, and what it was told. */
async function connect(replica: WebsocketServer, userId: string) {
  const socket: Socket<ServerToClientEvents, ClientToServerEvents> = io(
    `http://127.0.0.1:${replica.port()}`,
    {
      ...{ path: SOCKET_PATH, transports: ["websocket"], auth: { token: tokenOf(userId) }, forceNew: true },
    },
  );
  cleanup.defer(() => void socket.disconnect());
  const told: string[] = [];
  socket.on("approval:requested", ({ id }) => told.push(`requested ${id}`));
  socket.on("approval:decided", ({ id, status }) => told.push(`${status} ${id}`));
  await eventually(() => socket.connected);
  return { socket, told };
}

/** As agent-orchestrator does. */
async function ask(userId: string, expiresAt = new Date(Date.now() + 60_000)): Promise<Approval> {
  const runId = randomUUID();
  const sessionId = randomUUID();
  await store.runs.create({ runId, sessionId, userId, messageId: randomUUID(), asked: 1 });
  const { approval } = await store.approvals.request({
    ...{ id: randomUUID(), runId, userId, sessionId, server: "mail", tool: "send_email" },
    ...{ risk: "outbound", tainted: true, callHash: "of this call", arguments: "{}", expiresAt },
  });
  await createUserEvents(redis, testTransitCipher()).publish({
    userId,
    event: { name: "approval:requested", payload: approval },
  });
  return approval;
}

const pendingOf = async (userId: string) => {
  const headers = { authorization: `Bearer ${tokenOf(userId)}` };
  const response = await fetch(`${context}/api/approvals`, { headers });
  return ApprovalList.parse(await response.json()).approvals.map(({ id }) => id);
};

it("asks every device of the user on every replica, and nobody else; one answers, all hear of it", async () => {
  const [userId, otherId] = [randomUUID(), randomUUID()];
  const [phone, tablet, stranger] = await Promise.all([
    connect(replicas[0], userId),
    connect(replicas[1], userId),
    connect(replicas[1], otherId),
  ]);
  const { id: approvalId, run_id } = await ask(userId);
  await eventually(() => phone.told.length === 1 && tablet.told.length === 1);
  expect(await pendingOf(userId)).toEqual([approvalId]);

  const theirs = await stranger.socket.emitWithAck("approval:decide", { approvalId, decision: "approve" });
  expect(theirs.error).toMatchObject({ code: "not_found" });
  const answer = await tablet.socket.emitWithAck("approval:decide", { approvalId, decision: "approve" });
  expect(answer.data).toMatchObject({ id: approvalId, status: "approved" });
  await eventually(() => phone.told.length === 2 && tablet.told.length === 2);
  expect(phone.told).toEqual([`requested ${approvalId}`, `approved ${approvalId}`]);
  expect(stranger.told).toEqual([]);
  expect(await pendingOf(userId)).toEqual([]);

  // The run is queued, once however often it is asked for.
  const again = await phone.socket.emitWithAck("approval:decide", { approvalId, decision: "approve" });
  expect(again.data).toMatchObject({ status: "approved" });
  const late = await phone.socket.emitWithAck("approval:decide", { approvalId, decision: "refuse" });
  expect(late.error).toMatchObject({
    code: "conflict",
    message: expect.stringMatching(/was approved before/),
  });
  expect(
    ((await redis.xRange("runs", "-", "+")) ?? []).filter(({ message }) => message.run_id === run_id),
  ).toHaveLength(1);
});

it("takes no answer when it is too late", async () => {
  const userId = randomUUID();
  const { socket } = await connect(replicas[0], userId);
  const { id: approvalId } = await ask(userId, new Date(Date.now() - 1));
  expect(await pendingOf(userId)).toEqual([]);
  const answer = await socket.emitWithAck("approval:decide", { approvalId, decision: "approve" });
  expect(answer.error).toMatchObject({ code: "conflict", message: expect.stringMatching(/in time/) });
  expect((await store.approvals.get(approvalId))?.approval.status).toBe("expired");
});

it("a run that is in hand when it is woken is handled once more", async () => {
  const queue = createRunQueue(redis);
  const runId = randomUUID();
  const stop = new AbortController();
  const first = Promise.withResolvers<void>();
  let handled = 0;
  await redis.flushAll();
  const consuming = queue.consume(
    { consumer: "one", signal: stop.signal, concurrency: 2, claimAfterMs: 5000 },
    async () => {
      handled += 1;
      if (handled === 1) await first.promise;
    },
  );
  await queue.enqueue(runId);
  await eventually(() => handled === 1);
  await queue.enqueue(runId);
  await queue.wake(runId);
  await queue.wake(runId);
  first.resolve();
  await eventually(() => handled === 2);
  await eventually(async () => (await redis.xLen("runs")) === 0);
  stop.abort();
  await consuming;
  expect(handled).toBe(2);
});
