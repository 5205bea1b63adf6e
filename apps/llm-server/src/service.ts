import {
  createApp,
  createMetrics,
  type Logger,
  listen,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import express from "express";
import { createAnswerQuestion } from "./answer-question.ts";
import { createBackend } from "./backend.ts";
import type { ChatModel } from "./chat-model.ts";
import type { LlmConfig, Provider } from "./config.ts";
import { createLlmMetrics } from "./llm-metrics.ts";
import { openModel } from "./open-model.ts";
import { answerWithOpenAiError, noSuchPath } from "./openai-error.ts";
import { chatCompletions } from "./routes/chat-completions.ts";
import { generate } from "./routes/generate.ts";
import { listModels } from "./routes/models.ts";
import { createTurnstile } from "./turnstile.ts";

/** A conversation of twenty messages of 4000 characters, in any script. */
const BODY_LIMIT = "1mb";

interface Dependencies {
  readonly logger: Logger;
  /** Instead of the configured one. */
  readonly loadModel?: (provider: Provider) => Promise<ChatModel>;
}

/** Serves a language model, and another in its place, by the OpenAI protocol. It is ready when both are loaded. */
export function createService(
  config: LlmConfig,
  { logger, loadModel = (provider) => openModel(provider, config) }: Dependencies,
): Service & { readonly port: number; readonly managementPort: number } {
  const metrics = createMetrics();
  const measure = createLlmMetrics(metrics.registry);
  const providers = [config.LLM_PROVIDER, ...(config.LLM_FALLBACK ? [config.LLM_FALLBACK] : [])];
  const closers: (() => Promise<void>)[] = [];
  let ready = false;
  let port = config.PORT;
  let managementPort = config.METRICS_PORT;

  return {
    get port() {
      return port;
    },
    get managementPort() {
      return managementPort;
    },

    async start() {
      const management = await startManagement(config.METRICS_PORT, { ready: () => ready, metrics });
      closers.unshift(management.close);
      managementPort = management.port;
      const backends = [];
      for (const provider of providers) {
        const model = await loadModel(provider);
        closers.unshift(model.close);
        const turnstile = createTurnstile({ places: config.MAX_CONCURRENT, waiting: config.MAX_WAITING });
        backends.push(createBackend({ model, turnstile, measure: measure.of(provider) }));
      }
      const models = backends.map(({ model }) => model);
      const answer = createAnswerQuestion(backends, logger);
      const app = createApp({
        logger,
        metrics,
        json: false,
        routes: (routes) => {
          const json = express.json({ limit: BODY_LIMIT });
          routes.get("/v1/models", listModels(models));
          routes.post("/v1/chat/completions", json, chatCompletions({ answer, logger }));
          routes.use("/v1", noSuchPath, answerWithOpenAiError);
          routes.post("/generate", json, generate({ answer, logger }));
        },
      });
      const server = await listen(app, config.PORT);
      closers.unshift(server.close);
      port = server.port;
      ready = true;
      logger.info("the models are ready", { models: models.map(({ name }) => name) });
    },

    async stop() {
      ready = false;
      for (const close of closers.splice(0)) await close();
    },
  };
}
