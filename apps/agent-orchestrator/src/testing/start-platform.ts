import { randomUUID } from "node:crypto";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import {
  createConversationStore,
  createRunCancellations,
  createRunLog,
  createRunQueue,
  createUserEvents,
} from "@mobile-ai-agent/conversation-store";
import { connectMongo, connectRedis, createLogger, type Service } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createAuditKey,
  createIssuer,
  startMongo,
  startRedis,
  testCipher,
  testTransitCipher,
} from "@mobile-ai-agent/test-support";
import { readServiceConfig } from "../../../context-protocol-server/src/config.ts";
import { createService as createContextProtocolServer } from "../../../context-protocol-server/src/service.ts";
import { orchestratorConfig } from "../config.ts";
import { createService } from "../service.ts";
import { startScriptedModel } from "./scripted-model.ts";

const RUN_TOKEN_KEY = "k".repeat(32);
const logger = createLogger("test", "error");
logger.silent = true;

/** What the orchestrator works with, all real but the model: databases, context-protocol-server, and a scripted model. */
export async function startPlatform() {
  const resources = new AsyncDisposableStack();
  const [mongo, redisServer, model] = await Promise.all([startMongo(), startRedis(), startScriptedModel()]);
  resources.defer(() => mongo.stop());
  resources.defer(() => redisServer.stop());
  resources.defer(() => model.close());
  const databases = { MONGODB_URI: mongo.uri, REDIS_URL: redisServer.url };
  const { issuer, audience } = createIssuer();
  const contexts = createContextProtocolServer(
    readServiceConfig({
      ...{ PORT: "0", METRICS_PORT: "0", JWT_ISSUER: issuer, JWT_AUDIENCE: audience },
      ...{
        JWKS_URL: "http://127.0.0.1:1/",
        MCP_URL: "https://agent.test/mcp",
        MCP_ALLOWED_HOSTS: "127.0.0.1",
      },
      ...{ ...databases, RUN_TOKEN_KEY, ...CONTENT_ENV },
    }),
    { logger },
  );
  resources.defer(() => contexts.stop());
  await contexts.start();
  const env = {
    ...{ RUN_TOKEN_KEY, CONTEXT_PROTOCOL_SERVER_URL: `http://127.0.0.1:${contexts.port()}` },
    ...{ PORT: "0", METRICS_PORT: "0", ...databases, ...CONTENT_ENV },
    AUDIT_KEYS: createAuditKey(),
    ...{ LLM_SERVER_URL: model.url, LLM_MODEL: "any", CLAIM_AFTER_MS: "600" },
  };
  const { db, close } = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
  resources.defer(() => close());
  const redis = await connectRedis({ REDIS_URL: redisServer.url });
  resources.defer(() => redis.destroy());
  const store = createConversationStore(db, testCipher(db));
  await store.createIndexes();
  const [queue, runLog] = [createRunQueue(redis), createRunLog(redis, testTransitCipher())];
  const services: Service[] = [];

  return {
    env,
    ...{ db, model, store, queue, runLog, cancellations: createRunCancellations(redis) },
    ...{ redis, userEvents: createUserEvents(redis, testTransitCipher()) },

    async startOrchestrator(more: Record<string, string> = {}): Promise<void> {
      const service = createService(orchestratorConfig.parse({ ...env, ...more }), { logger });
      services.push(service);
      await service.start();
    },

    async stopOrchestrators(): Promise<void> {
      await Promise.all(services.splice(0).map((service) => service.stop()));
    },

    /** A message, of a new user in a new session unless they are given, and the run that is to answer it; not queued yet. */
    async storeRun(content: string, userId: string = randomUUID(), session?: string) {
      const sessionId = session ?? (await store.sessions.create({ userId })).session.id;
      const { message, runId } = await store.messages.addUserMessage({
        ...{ sessionId, userId, type: "text" as const, content },
      });
      const run = { runId, sessionId, userId, asked: message.sequence };
      await store.runs.create({ ...run, messageId: message.id });
      return run;
    },

    async eventsOf(runId: string): Promise<RunEvent[]> {
      const events: RunEvent[] = [];
      for await (const event of runLog.read(runId, 0, AbortSignal.timeout(20_000))) events.push(event);
      return events;
    },

    close: () => resources.disposeAsync(),
  };
}

export function textsOf(events: readonly RunEvent[]): string[] {
  return events.flatMap((event) => (event.kind === "token" ? [event.text] : []));
}
