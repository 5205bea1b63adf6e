import { randomUUID } from "node:crypto";
import {
  type ClientToServerEvents,
  CreateSessionResponse,
  type MessageAccepted,
  type ServerToClientEvents,
  SOCKET_PATH,
} from "@mobile-ai-agent/contracts";
import { createConversationStore, createRunCancellations } from "@mobile-ai-agent/conversation-store";
import {
  announceRevocations,
  connectMongo,
  connectRedis,
  createLogger,
  type RedisClient,
} from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createIssuer,
  eventually,
  freePort,
  startMongo,
  startRedis,
  testCipher,
} from "@mobile-ai-agent/test-support";
import { io, type Socket } from "socket.io-client";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readServiceConfig as readContextConfig } from "../../context-protocol-server/src/config.ts";
import { createService as createContextService } from "../../context-protocol-server/src/service.ts";
import { readServiceConfig } from "./config.ts";
import { createService, type WebsocketServer } from "./service.ts";

type Device = Socket<ServerToClientEvents, ClientToServerEvents>;

const logger = createLogger("test", "error");
const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
const devices: Device[] = [];
let env: Record<string, string>;
let context: string;
let redis: RedisClient;
let store: ReturnType<typeof createConversationStore>;
let one: WebsocketServer;
let two: WebsocketServer;

beforeAll(async () => {
  const [redisServer, mongoServer, keys] = await Promise.all([startRedis(), startMongo(), issuer.serve()]);
  for (const resource of [redisServer, mongoServer, keys]) cleanup.defer(() => resource.stop());
  env = {
    PORT: "0",
    METRICS_PORT: "0",
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWKS_URL: keys.jwksUrl,
    MONGODB_URI: mongoServer.uri,
    REDIS_URL: redisServer.url,
    ALLOWED_ORIGINS: "https://app.test",
    RUN_TOKEN_KEY: "k".repeat(32),
    ...CONTENT_ENV,
    MCP_URL: "https://agent.test/mcp",
    MCP_ALLOWED_HOSTS: "127.0.0.1",
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
  [one, two] = await Promise.all([startInstance(), startInstance()]);
});

afterEach(() => {
  for (const device of devices.splice(0)) device.disconnect();
});

afterAll(() => cleanup.disposeAsync());

async function startInstance(contextUrl = context, more = {}): Promise<WebsocketServer> {
  const config = readServiceConfig({ ...env, CONTEXT_PROTOCOL_SERVER_URL: contextUrl, ...more });
  const instance = createService(config, { logger });
  cleanup.defer(() => instance.stop());
  await instance.start();
  return instance;
}

const tokenOf = (sub: string, claims = {}) => issuer.token({ claims: { sub, ...claims } });

function open(instance: WebsocketServer, token: unknown, options = {}): Device {
  const device: Device = io(`http://127.0.0.1:${instance.port()}`, {
    path: SOCKET_PATH,
    transports: ["websocket"],
    auth: { token },
    forceNew: true,
    ...options,
  });
  devices.push(device);
  return device;
}

/** Why the handshake failed, or "connected". */
function outcome(device: Device): Promise<string> {
  return new Promise((resolve) => {
    device.once("connect", () => resolve("connected"));
    device.once("connect_error", ({ message }) => resolve(message));
  });
}

async function connect(instance: WebsocketServer, token: string): Promise<Device> {
  const device = open(instance, token);
  expect(await outcome(device)).toBe("connected");
  return device;
}

async function createSession(token: string): Promise<string> {
  const response = await fetch(`${context}/api/session/create`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
  });
  return CreateSessionResponse.parse(await response.json()).session_id;
}

const textTo = (sessionId: string) => ({
  clientMessageId: randomUUID(),
  sessionId,
  type: "text" as const,
  content: "hello",
});

/** A user with a session, a message in it and the run of that message. */
async function userWithRun() {
  const token = tokenOf(randomUUID());
  const sender = await connect(one, token);
  const sessionId = await createSession(token);
  const { data } = await sender.emitWithAck("message:send", textTo(sessionId));
  if (data === undefined) throw new Error("the message was refused");
  return { token, sender, sessionId, runId: data.runId };
}

describe("handshake", () => {
  it.each([
    ["none", undefined],
    ["no string", { a: 1 }],
    ["forged", createIssuer().token()],
    ["expired", issuer.token({ claims: { exp: Math.floor(Date.now() / 1000) - 60 } })],
  ])("refuses a token that is %s", async (_name, token) => {
    expect(await outcome(open(one, token))).toBe("unauthorized");
  });

  it("lets in a listed origin and no other", async () => {
    const withOrigin = (origin: string) => open(one, tokenOf(randomUUID()), { extraHeaders: { origin } });
    expect(await outcome(withOrigin("https://app.test"))).toBe("connected");
    expect(await outcome(withOrigin("https://evil.test"))).not.toBe("connected");
  });

  it("serves no transport but WebSocket", async () => {
    const response = await fetch(`http://127.0.0.1:${one.port()}${SOCKET_PATH}/?EIO=4&transport=polling`);
    expect(response.status).toBe(400);
  });

  it("ends the sockets of a sign-in that was ended, on every replica within a second, and lets none in", async () => {
    const [user, signIn] = [randomUUID(), randomUUID()];
    const token = tokenOf(user, { sid: signIn });
    const ended = [await connect(one, token), await connect(two, token)];
    const elsewhere = await connect(one, tokenOf(user));
    await announceRevocations(redis, [{ signIn, until: Date.now() + 60_000 }]);
    await eventually(() => ended.every((device) => !device.connected), { timeoutMs: 1000 });
    for (const instance of [one, two]) expect(await outcome(open(instance, token))).toBe("unauthorized");
    expect(elsewhere.connected).toBe(true);
    expect(
      (await fetch(`${context}/api/session`, { headers: { authorization: `Bearer ${token}` } })).status,
    ).toBe(401);
  });

  it("announces the token's expiry, and ends the connection then", async () => {
    const device = open(one, tokenOf(randomUUID(), { exp: Math.floor(Date.now() / 1000) + 2 }));
    const announced = new Promise<void>((resolve) => device.once("auth:expired", resolve));
    const ended = new Promise<string>((resolve) => device.once("disconnect", resolve));
    expect(await outcome(device)).toBe("connected");
    await announced;
    expect(device.connected).toBe(true);
    expect(await ended).toBe("io server disconnect");
  });
});

describe("message:send", () => {
  it("acknowledges, and tells the user's other devices on every replica, and nobody else", async () => {
    const token = tokenOf(randomUUID());
    const sender = await connect(one, token);
    const others = [await connect(one, token), await connect(two, token)];
    const strangers = [await connect(one, tokenOf(randomUUID())), await connect(two, tokenOf(randomUUID()))];
    const heard = new Map<Device, MessageAccepted[]>();
    for (const device of [sender, ...others, ...strangers]) {
      const events: MessageAccepted[] = [];
      heard.set(device, events);
      device.on("message:created", (event) => events.push(event));
    }
    const message = textTo(await createSession(token));
    const { data } = await sender.emitWithAck("message:send", message);
    expect(data?.message).toMatchObject({
      sequence: 1,
      content: "hello",
      client_message_id: message.clientMessageId,
    });
    await eventually(() => others.every((device) => heard.get(device)?.length === 1));
    for (const device of others) expect(heard.get(device)).toEqual([data]);
    // Events to a socket keep their order, so hearing the second message proves that the first wasn't sent.
    await others[1]?.emitWithAck("message:send", textTo(message.sessionId));
    await eventually(() => heard.get(sender)?.length === 1);
    expect(heard.get(sender)?.[0]?.message.sequence).toBe(2);
    for (const device of strangers) expect(heard.get(device)).toEqual([]);
  });

  it("answers a resend on another replica with the same message and run", async () => {
    const token = tokenOf(randomUUID());
    const message = textTo(await createSession(token));
    const first = await (await connect(one, token)).emitWithAck("message:send", message);
    const again = await (await connect(two, token)).emitWithAck("message:send", message);
    expect(again).toEqual(first);
    expect(first.data).toBeDefined();
  });

  it("refuses what is malformed, and another user's session", async () => {
    const { sender, sessionId } = await userWithRun();
    const malformed = { ...textTo(sessionId), content: "" };
    expect((await sender.emitWithAck("message:send", malformed)).error?.code).toBe("invalid");
    const stranger = await connect(two, tokenOf(randomUUID()));
    expect((await stranger.emitWithAck("message:send", textTo(sessionId))).error?.code).toBe("not_found");
  });

  it("counts a user's messages over all replicas, and stores none over the limit", async () => {
    const strict = { RATE_LIMIT_CHAT: "3/60" };
    const [left, right] = [await startInstance(context, strict), await startInstance(context, strict)];
    const token = tokenOf(randomUUID());
    const sessionId = await createSession(token);
    const sockets = [await connect(left, token), await connect(right, token)];
    const sent = Array.from({ length: 8 }, (_, index) =>
      (sockets[index % 2] as Device).emitWithAck("message:send", textTo(sessionId)),
    );
    const replies = await Promise.all(sent);
    const refused = replies.flatMap(({ error }) => error ?? []);
    expect(refused).toHaveLength(5);
    expect(refused[0]).toEqual({
      code: "limited",
      message: expect.stringMatching(/3 messages.*60 s; try again/),
    });
    expect(await store.messages.list(sessionId, { after: 0, limit: 50 })).toHaveLength(3);
  });

  it("is unavailable without context-protocol-server", async () => {
    const alone = await startInstance(`http://127.0.0.1:${await freePort()}`);
    const device = await connect(alone, tokenOf(randomUUID()));
    const { error } = await device.emitWithAck("message:send", textTo(randomUUID()));
    expect(error?.code).toBe("unavailable");
  });

  it("survives an event without payload and acknowledgement", async () => {
    const { sender, sessionId } = await userWithRun();
    (sender as Socket).emit("message:send");
    (sender as Socket).emit("run:subscribe", null);
    expect((await sender.emitWithAck("message:send", textTo(sessionId))).data).toBeDefined();
  });
});

describe("run:cancel", () => {
  it("asks for the end of a run of one's own, and of no other's", async () => {
    const { sender, runId } = await userWithRun();
    const stranger = await connect(two, tokenOf(randomUUID()));
    expect((await stranger.emitWithAck("run:cancel", { runId })).error?.code).toBe("not_found");
    expect((await store.runs.get(runId))?.cancelRequested).toBe(false);
    const heard: string[] = [];
    const stop = await createRunCancellations(redis).subscribe(
      (id) => heard.push(id),
      () => {},
    );
    expect(await sender.emitWithAck("run:cancel", { runId })).toEqual({ data: { runId } });
    expect((await store.runs.get(runId))?.cancelRequested).toBe(true);
    await eventually(() => heard.includes(runId));
    stop();
  });

  it("leaves a run that has ended as it is", async () => {
    const { sender, runId } = await userWithRun();
    await store.runs.setStatus(runId, "completed");
    expect(await sender.emitWithAck("run:cancel", { runId })).toEqual({ data: { runId } });
    expect(await store.runs.get(runId)).toMatchObject({ status: "completed", cancelRequested: false });
  });
});
