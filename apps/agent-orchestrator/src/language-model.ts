import { contextHeaders } from "@mobile-ai-agent/service-kit";
import OpenAI from "openai";
import type { PromptMessage } from "./prompt.ts";

/** The model did not answer, or stopped midway. */
export class ModelFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ModelFailure";
  }
}

export interface LanguageModel {
  /**
   * Yields the pieces of an answer, none of them empty.
   *
   * @throws ModelFailure, or the signal's reason when aborted
   */
  answer(messages: readonly PromptMessage[], signal: AbortSignal): AsyncGenerator<string, void, undefined>;
}

interface LanguageModelOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly temperature: number;
}

/** Until the first token: a request may wait for others in llm-server. */
const TIMEOUT_MS = 120_000;

/** The model behind llm-server, which asks for no key. An overloaded server is asked again, with growing pauses. */
export function createLanguageModel(options: LanguageModelOptions): LanguageModel {
  const { baseUrl, model, maxTokens, temperature } = options;
  const client = new OpenAI({ baseURL: baseUrl, apiKey: "unused", timeout: TIMEOUT_MS, maxRetries: 4 });
  return {
    async *answer(messages, signal) {
      try {
        const chunks = await client.chat.completions.create(
          { model, messages: [...messages], max_tokens: maxTokens, temperature, stream: true },
          { signal, headers: contextHeaders() },
        );
        for await (const { choices } of chunks) {
          const text = choices[0]?.delta.content;
          if (text) yield text;
        }
      } catch (cause) {
        signal.throwIfAborted();
        throw new ModelFailure("the model did not answer", { cause });
      }
      // The package ends an aborted stream without an error.
      signal.throwIfAborted();
    },
  };
}
