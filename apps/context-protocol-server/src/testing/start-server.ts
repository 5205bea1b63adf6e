import { randomUUID } from "node:crypto";
import type { UserEvent } from "@mobile-ai-agent/contracts";
import { createConversationStore, createRunLog, createUserEvents } from "@mobile-ai-agent/conversation-store";
import { connectMongo, connectRedis, createLogger } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createIssuer,
  describedFetch,
  startMongo,
  startRedis,
  testCipher,
  testTransitCipher,
} from "@mobile-ai-agent/test-support";
import { readServiceConfig } from "../config.ts";
import { createService } from "../service.ts";

/** The service on real databases, and what is behind it. */
export async function startServer() {
  const cleanup = new AsyncDisposableStack();
  const issuer = createIssuer();
  const [redisServer, mongoServer, keys] = await Promise.all([startRedis(), startMongo(), issuer.serve()]);
  for (const resource of [redisServer, mongoServer, keys]) cleanup.defer(() => resource.stop());
  const redis = await connectRedis({ REDIS_URL: redisServer.url });
  cleanup.defer(() => redis.close());
  const mongo = await connectMongo({ MONGODB_URI: mongoServer.uri }, "test");
  cleanup.defer(() => mongo.close());
  const config = readServiceConfig({
    PORT: "0",
    METRICS_PORT: "0",
    LOG_LEVEL: "error",
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWKS_URL: keys.jwksUrl,
    MONGODB_URI: mongoServer.uri,
    REDIS_URL: redisServer.url,
    ...CONTENT_ENV,
    RUN_TOKEN_KEY: "k".repeat(32),
    MCP_URL: "https://agent.test/mcp",
    MCP_ALLOWED_HOSTS: "127.0.0.1",
  });
  const service = createService(config, { logger: createLogger("test", "error") });
  cleanup.defer(() => service.stop());
  await service.start();
  const told: { userId: string; event: UserEvent }[] = [];
  const stopListening = await createUserEvents(redis, testTransitCipher()).subscribe(
    (event) => told.push(event),
    () => {},
  );
  cleanup.defer(stopListening);
  return {
    db: mongo.db,
    store: createConversationStore(mongo.db, testCipher(mongo.db)),
    runLog: createRunLog(redis, testTransitCipher()),
    /** Names of the events that the user's devices were told. */
    toldTo: (userId: string) => told.filter((one) => one.userId === userId).map(({ event }) => event.name),
    /** Lets Redis refuse what tells of changes and removes events, as one that is full or read-only does. */
    async whileRedisRefuses<T>(act: () => Promise<T>): Promise<T> {
      await redis.sendCommand(["ACL", "SETUSER", "default", "-publish", "-del"]);
      try {
        return await act();
      } finally {
        await redis.sendCommand(["ACL", "SETUSER", "default", "+@all"]);
      }
    },
    /** A new user's requests. */
    user() {
      const id = randomUUID();
      const token = issuer.token({ claims: { sub: id } });
      const call = async (method: string, path: string, body?: unknown) => {
        const response = await describedFetch(`http://127.0.0.1:${service.port()}${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: body === undefined ? null : JSON.stringify(body),
        });
        const text = await response.text();
        // biome-ignore lint/suspicious/noExplicitAny: the assertions are the schema here
        return { status: response.status, body: (text === "" ? undefined : JSON.parse(text)) as any };
      };
      return { id, call };
    },
    stop: () => cleanup.disposeAsync(),
  };
}
