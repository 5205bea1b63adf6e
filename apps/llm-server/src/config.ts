import { baseConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const Provider = z.enum(["embedded", "openai", "anthropic"]);
export type Provider = z.infer<typeof Provider>;

/** What a provider can't do without. */
const NEEDED = {
  embedded: [],
  openai: ["OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"],
  anthropic: ["ANTHROPIC_API_KEY", "ANTHROPIC_MODEL"],
} as const;

const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const flag = (fallback: boolean) => z.stringbool("must be true or false").default(fallback);

const settings = z.object({
  ...baseConfig.shape,
  LLM_PROVIDER: Provider.default("embedded"),
  LLM_FALLBACK: Provider.optional().describe("asked when the first fails before its first token"),
  MODEL_FILE: z.string().default("/models/model.gguf").describe("GGUF file of the embedded model"),
  // One is fast enough for a small model; two without two idle processors take seconds for a token.
  MODEL_THREADS: z.coerce.number().int().min(1).max(256).default(1).describe("threads of the embedded model"),
  MAX_CONCURRENT: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe("answers made at a time, by model"),
  MAX_WAITING: z.coerce
    .number()
    .int()
    .min(0)
    .max(1000)
    .default(32)
    .describe("requests that may wait, by model"),
  UPSTREAM_SILENCE_MS: z.coerce.number().int().min(100).max(600_000).default(60_000),
  OPENAI_BASE_URL: httpUrl.optional(),
  OPENAI_API_KEY: z.string().min(1).optional(),
  OPENAI_MODEL: z.string().min(1).optional(),
  OPENAI_TOOLS: flag(true).describe("whether the endpoint's model calls tools"),
  OPENAI_PREFILL: flag(false).describe("whether the endpoint continues an answer as vLLM does"),
  ANTHROPIC_BASE_URL: httpUrl.default("https://api.anthropic.com"),
  ANTHROPIC_API_KEY: z.string().min(1).optional(),
  ANTHROPIC_MODEL: z.string().min(1).optional(),
});

/** Every variable of this service. A provider that is used needs those of its own. */
export const llmConfig = settings.superRefine((config, context) => {
  for (const [by, provider] of [
    ["LLM_PROVIDER", config.LLM_PROVIDER],
    ["LLM_FALLBACK", config.LLM_FALLBACK],
  ] as const) {
    for (const name of provider ? NEEDED[provider] : []) {
      if (config[name] !== undefined) continue;
      context.addIssue({ code: "custom", path: [name], message: `is needed with ${by}=${provider}` });
    }
  }
  if (config.LLM_FALLBACK === config.LLM_PROVIDER) {
    const message = "must be another provider than LLM_PROVIDER";
    context.addIssue({ code: "custom", path: ["LLM_FALLBACK"], message });
  }
});
export type LlmConfig = z.infer<typeof llmConfig>;
