import { baseConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const upstream = ["OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"] as const;

const settings = z.object({
  ...baseConfig.shape,
  LLM_PROVIDER: z.enum(["embedded", "openai"]).default("embedded"),
  MODEL_FILE: z.string().default("/models/model.gguf").describe("GGUF file of the embedded model"),
  // One is fast enough for a small model; two without two idle processors take seconds for a token.
  MODEL_THREADS: z.coerce.number().int().min(1).max(256).default(1).describe("threads of the embedded model"),
  MAX_CONCURRENT: z.coerce.number().int().min(1).max(64).default(2).describe("answers made at a time"),
  MAX_WAITING: z.coerce.number().int().min(0).max(1000).default(32).describe("requests that may wait"),
  OPENAI_BASE_URL: z.url().optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_MODEL: z.string().min(1).optional(),
});

/** Every variable of this service. The provider `openai` needs its three. */
export const llmConfig = settings.superRefine((config, context) => {
  if (config.LLM_PROVIDER !== "openai") return;
  for (const name of upstream.filter((name) => config[name] === undefined)) {
    context.addIssue({ code: "custom", path: [name], message: "is needed with LLM_PROVIDER=openai" });
  }
});
export type LlmConfig = z.infer<typeof llmConfig>;
