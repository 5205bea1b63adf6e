import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { openContentCipher, openTransitCipher } from "@mobile-ai-agent/content-cipher";
import {
  createConversationStore,
  createRunCancellations,
  createRunLog,
  createRunQueue,
  createTokenBudget,
  createUserEvents,
} from "@mobile-ai-agent/conversation-store";
import {
  connectMongo,
  connectRedis,
  createMetrics,
  type Logger,
  runInContext,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import { openCancelWatch } from "./cancel-watch.ts";
import { approvalPolicyOf, guardPolicyOf, type OrchestratorConfig } from "./config.ts";
import { handleRun } from "./handle-run.ts";
import { createLanguageModel } from "./language-model.ts";
import { connectRunTools } from "./run-tools.ts";
import { sweepRuns } from "./sweep.ts";
import { createTokenMetrics } from "./token-metrics.ts";
import { createToolPins } from "./tools/pins.ts";

/** Less than the 25 s that a process has for its drain. */
const FINISH_MS = 20_000;

/** Takes runs from the queue and makes their answers. */
export function createService(config: OrchestratorConfig, { logger }: { logger: Logger }): Service {
  const taking = new AbortController();
  const working = new AbortController();
  const closers: (() => Promise<unknown>)[] = [];
  let consuming: Promise<void> | undefined;
  let ready = () => false;

  return {
    async start() {
      const metrics = createMetrics();
      const management = await startManagement(config.METRICS_PORT, { ready: () => ready(), metrics });
      closers.unshift(management.close);
      const mongo = await connectMongo(config, "agent-orchestrator", logger);
      closers.unshift(mongo.close);
      const redis = await connectRedis(config, logger);
      closers.unshift(async () => redis.destroy());
      const content = openContentCipher(config, mongo.db, logger);
      closers.unshift(async () => content.close());
      const transit = openTransitCipher(config, logger);
      closers.unshift(async () => transit.close());
      const store = createConversationStore(mongo.db, content.cipher);
      await store.createIndexes();
      const budget = createTokenBudget(mongo.db, redis, { tokensPerDay: config.BUDGET_TOKENS_PER_DAY });
      await budget.createIndexes();
      const pins = createToolPins(mongo.db, logger);
      await pins.createIndexes();

      const queue = createRunQueue(redis);
      const cancels = await openCancelWatch(store, createRunCancellations(redis), logger);
      closers.unshift(async () => cancels.close());
      const dependencies = {
        store,
        runLog: createRunLog(redis, transit.cipher),
        openTools: connectRunTools({
          baseUrl: config.CONTEXT_PROTOCOL_SERVER_URL,
          runTokenKey: config.RUN_TOKEN_KEY,
          modelCallsTools: config.LLM_TOOLS,
          servers: config.TOOL_SERVERS,
          pins,
          logger,
        }),
        model: openModel(config),
        modelContinues: config.LLM_CONTINUES,
        cancels,
        guardPolicy: guardPolicyOf(config),
        approvalPolicy: approvalPolicyOf(config),
        events: createUserEvents(redis, transit.cipher),
        budget,
        tokenMetrics: createTokenMetrics(metrics.registry),
        limits: limitsOf(config),
        logger,
      };
      const consumer = `${hostname()}-${randomUUID()}`;
      const { CONCURRENCY: concurrency, CLAIM_AFTER_MS: claimAfterMs } = config;
      // Rejects only when Redis refuses its commands for good: caught nowhere, that ends the process.
      consuming = queue.consume(
        { consumer, signal: taking.signal, concurrency, claimAfterMs },
        (runId, traceparent) =>
          runInContext({ traceparent }, async () => {
            try {
              await handleRun(runId, working.signal, dependencies);
            } catch (error) {
              logger.warn("the run goes back to the queue", { run_id: runId, error });
              throw error;
            }
          }),
      );
      const sweep = setInterval(() => {
        sweepRuns(store, queue, { overdueMs: config.SWEEP_AFTER_MS }).catch((error) =>
          logger.warn("sweep failed; it is repeated", { error }),
        );
      }, config.SWEEP_AFTER_MS / 2);
      closers.unshift(async () => clearInterval(sweep));
      ready = () => redis.isReady && !taking.signal.aborted;
    },

    async stop() {
      taking.abort();
      const impatience = setTimeout(() => working.abort(new Error("the process stops")), FINISH_MS);
      try {
        await consuming;
      } finally {
        clearTimeout(impatience);
        for (const close of closers.splice(0)) await close();
      }
    },
  };
}

function limitsOf(config: OrchestratorConfig) {
  return {
    maxSteps: config.MAX_STEPS,
    maxSeconds: config.MAX_RUN_SECONDS,
    maxAnswerTokens: config.MAX_ANSWER_TOKENS,
    maxRunTokens: config.RUN_TOKEN_LIMIT,
  };
}

function openModel(config: OrchestratorConfig) {
  return createLanguageModel({
    baseUrl: config.LLM_SERVER_URL,
    model: config.LLM_MODEL,
    maxTokens: config.MAX_ANSWER_TOKENS,
    temperature: config.TEMPERATURE,
  });
}
