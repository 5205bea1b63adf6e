import OpenAI from "openai";
import type { ChatModel, FinishReason } from "../chat-model.ts";

interface UpstreamOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
}

/** A model behind an OpenAI-compatible endpoint. Retries, timeouts and errors are those of the `openai` package. */
export function createUpstreamModel({ baseUrl, apiKey, model }: UpstreamOptions): ChatModel {
  const client = new OpenAI({ baseURL: baseUrl, apiKey, timeout: 120_000 });
  return {
    name: model,

    async *complete(messages, { maxTokens, temperature, signal, onUsage }) {
      const chunks = await client.chat.completions.create(
        {
          ...{ model, messages: [...messages], max_tokens: maxTokens, temperature },
          ...{ stream: true, stream_options: { include_usage: true } },
        },
        { signal },
      );
      let finish: FinishReason = "stop";
      for await (const { choices, usage } of chunks) {
        // In the last chunk, which has no choice.
        if (usage) onUsage?.({ prompt: usage.prompt_tokens, completion: usage.completion_tokens });
        const [choice] = choices;
        if (choice?.delta.content) yield choice.delta.content;
        if (choice?.finish_reason === "length") finish = "length";
      }
      // The package ends an aborted stream without an error.
      signal.throwIfAborted();
      return finish;
    },

    async close() {},
  };
}
