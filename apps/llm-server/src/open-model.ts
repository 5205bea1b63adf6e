import type { ChatModel } from "./chat-model.ts";
import type { LlmConfig, Provider } from "./config.ts";
import { createAnthropicModel } from "./providers/anthropic.ts";
import { loadEmbeddedModel } from "./providers/embedded.ts";
import { createUpstreamModel } from "./providers/openai.ts";

/** Makes a provider's model ready, as the configuration describes it. */
export async function openModel(provider: Provider, config: LlmConfig): Promise<ChatModel> {
  const { UPSTREAM_SILENCE_MS: silenceMs } = config;
  if (provider === "embedded") {
    const { MODEL_FILE: file, MAX_CONCURRENT: sequences, MODEL_THREADS: threads } = config;
    return await loadEmbeddedModel({ file, sequences, threads });
  }
  if (provider === "anthropic") {
    const { ANTHROPIC_BASE_URL: baseUrl, ANTHROPIC_API_KEY: apiKey, ANTHROPIC_MODEL: model } = config;
    if (!apiKey || !model) throw new Error("the schema of the configuration demands both");
    return createAnthropicModel({ baseUrl, apiKey, model, silenceMs });
  }
  const { OPENAI_BASE_URL: baseUrl, OPENAI_API_KEY: apiKey, OPENAI_MODEL: model } = config;
  const { OPENAI_TOOLS: tools, OPENAI_PREFILL: prefill } = config;
  if (!baseUrl || !apiKey || !model) throw new Error("the schema of the configuration demands all three");
  return createUpstreamModel({ baseUrl, apiKey, model, tools, prefill, silenceMs });
}
