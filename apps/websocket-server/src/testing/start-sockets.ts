import { randomUUID } from "node:crypto";
import {
  type ClientToServerEvents,
  PROTOCOL_VERSION,
  type ServerToClientEvents,
  SOCKET_PATH,
} from "@mobile-ai-agent/contracts";
import { createConversationStore, createRunLog } from "@mobile-ai-agent/conversation-store";
import { connectMongo, connectRedis, createLogger } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createIssuer,
  freePort,
  startMongo,
  startRedis,
  testCipher,
  testTransitCipher,
} from "@mobile-ai-agent/test-support";
import { io, type Socket } from "socket.io-client";
import { readServiceConfig as readContextConfig } from "../../../context-protocol-server/src/config.ts";
import { createService as createContextService } from "../../../context-protocol-server/src/service.ts";
import { readServiceConfig } from "../config.ts";
import { createService } from "../service.ts";

export type Device = Socket<ServerToClientEvents, ClientToServerEvents>;

/** Two replicas of websocket-server before a context-protocol-server, on real databases. */
export async function startSockets() {
  const cleanup = new AsyncDisposableStack();
  const issuer = createIssuer();
  const logger = createLogger("test", "error");
  const [redisServer, mongoServer, keys] = await Promise.all([startRedis(), startMongo(), issuer.serve()]);
  for (const resource of [redisServer, mongoServer, keys]) cleanup.defer(() => resource.stop());
  const env = {
    PORT: "0",
    METRICS_PORT: "0",
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWKS_URL: keys.jwksUrl,
    MONGODB_URI: mongoServer.uri,
    REDIS_URL: redisServer.url,
    RUN_TOKEN_KEY: "k".repeat(32),
    ...CONTENT_ENV,
    RATE_LIMIT_CHAT: "100000/60",
    MCP_URL: "https://agent.test/mcp",
    MCP_ALLOWED_HOSTS: "127.0.0.1",
  };
  const contextServer = createContextService(readContextConfig(env), { logger });
  cleanup.defer(() => contextServer.stop());
  await contextServer.start();
  const context = `http://127.0.0.1:${contextServer.port()}`;
  const redis = await connectRedis({ REDIS_URL: redisServer.url });
  cleanup.defer(() => redis.close());
  const mongo = await connectMongo({ MONGODB_URI: mongoServer.uri }, "test");
  cleanup.defer(() => mongo.close());

  const replicas: { url: string; metrics: string }[] = [];

  /** One more. @returns its number, and how to end it before the others */
  async function startReplica(contextUrl = context): Promise<{ replica: number; stop(): Promise<void> }> {
    const METRICS_PORT = `${await freePort()}`;
    const config = readServiceConfig({ ...env, METRICS_PORT, CONTEXT_PROTOCOL_SERVER_URL: contextUrl });
    const service = createService(config, { logger });
    cleanup.defer(() => service.stop());
    await service.start();
    const at = (port: number | string) => `http://127.0.0.1:${port}`;
    replicas.push({ url: at(service.port()), metrics: `${at(METRICS_PORT)}/metrics` });
    return { replica: replicas.length - 1, stop: () => service.stop() };
  }
  for (let count = 0; count < 2; count++) await startReplica();

  /** A device that has yet to connect. */
  function open(replica: number, auth: object): Device {
    const device: Device = io(replicas[replica]?.url ?? "", {
      path: SOCKET_PATH,
      transports: ["websocket"],
      auth,
      forceNew: true,
    });
    cleanup.defer(() => void device.disconnect());
    return device;
  }

  async function connect(replica: number, token: string): Promise<Device> {
    const device = open(replica, { token, protocolVersion: PROTOCOL_VERSION });
    await new Promise<void>((resolve, reject) => {
      device.once("connect", resolve);
      device.once("connect_error", reject);
    });
    return device;
  }

  return {
    tokenOf: (sub: string = randomUUID()) => issuer.token({ claims: { sub } }),
    store: createConversationStore(mongo.db, testCipher(mongo.db)),
    log: createRunLog(redis, testTransitCipher()),
    redis,
    startReplica,
    open,
    connect,
    /** @returns the answer's body; undefined without one. @throws Error when it is refused */
    async call(token: string, method: string, path: string, body?: object): Promise<unknown> {
      const response = await fetch(context + path, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text === "" ? undefined : JSON.parse(text);
    },
    /** The value of a metric of a replica. */
    async metric(replica: number, name: string): Promise<number> {
      const text = await (await fetch(replicas[replica]?.metrics ?? "")).text();
      return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1]);
    },
    stop: () => cleanup.disposeAsync(),
  };
}
