import {
  createApp,
  createMetrics,
  type Logger,
  listen,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import express from "express";
import type { ChatModel } from "./chat-model.ts";
import type { LlmConfig } from "./config.ts";
import { createLlmMetrics } from "./llm-metrics.ts";
import { loadEmbeddedModel } from "./providers/embedded.ts";
import { createUpstreamModel } from "./providers/openai.ts";
import { chatCompletions } from "./routes/chat-completions.ts";
import { listModels } from "./routes/models.ts";
import { createTurnstile } from "./turnstile.ts";

/** A conversation of twenty messages of 4000 characters, in any script. */
const BODY_LIMIT = "1mb";

interface Dependencies {
  readonly logger: Logger;
  /** Instead of the configured one. */
  readonly loadModel?: () => Promise<ChatModel>;
}

/** Serves one language model by the OpenAI protocol. It is ready when the model is loaded. */
export function createService(
  config: LlmConfig,
  { logger, loadModel = () => openModel(config) }: Dependencies,
): Service & { readonly port: number; readonly managementPort: number } {
  const metrics = createMetrics();
  const measure = createLlmMetrics(metrics.registry, config.LLM_PROVIDER);
  const turnstile = createTurnstile({ places: config.MAX_CONCURRENT, waiting: config.MAX_WAITING });
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
      const model = await loadModel();
      closers.unshift(model.close);
      const app = createApp({
        logger,
        metrics,
        json: false,
        routes: (routes) => {
          routes.get("/v1/models", listModels(model));
          routes.post(
            "/v1/chat/completions",
            express.json({ limit: BODY_LIMIT }),
            chatCompletions({ model, turnstile, logger, measure }),
          );
        },
      });
      const server = await listen(app, config.PORT);
      closers.unshift(server.close);
      port = server.port;
      ready = true;
      logger.info("the model is loaded", { model: model.name });
    },

    async stop() {
      ready = false;
      for (const close of closers.splice(0)) await close();
    },
  };
}

async function openModel(config: LlmConfig): Promise<ChatModel> {
  if (config.LLM_PROVIDER === "embedded") {
    const { MODEL_FILE: file, MAX_CONCURRENT: sequences, MODEL_THREADS: threads } = config;
    return await loadEmbeddedModel({ file, sequences, threads });
  }
  const { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey, OPENAI_MODEL: model } = config;
  if (!baseUrl || !apiKey || !model) throw new Error("the schema of the configuration demands all three");
  return createUpstreamModel({ baseUrl, apiKey, model });
}
