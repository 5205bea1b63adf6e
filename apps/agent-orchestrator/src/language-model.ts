import { contextHeaders } from "@mobile-ai-agent/service-kit";
import OpenAI from "openai";
import type { ToolDefinition } from "./tools/tool.ts";
import { cutOff, type ToolCall } from "./tools/tool-call.ts";

/** The model did not answer, or stopped midway. */
export class ModelFailure extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ModelFailure";
  }
}

export type PromptMessage = OpenAI.ChatCompletionMessageParam;

/** How an answer ended, as far as the model tells. */
export interface AnswerEnd {
  readonly finish?: string;
  readonly usage?: { readonly prompt: number; readonly completion: number };
}

/** What a model says: text as it comes, then what it wants called. */
export type Piece = { readonly text: string } | { readonly call: ToolCall };

export interface ModelRequest {
  /** Whom it is for: llm-server lets its users have their turns. */
  readonly userId: string;
  readonly messages: readonly PromptMessage[];
  /** What the model has said of its answer already; it goes on behind it. */
  readonly prefix: string;
  readonly tools: readonly ToolDefinition[];
  /** Whether the model may call them now. */
  readonly mayCall: boolean;
  /** Tokens of the answer, where fewer are left than the model may make otherwise. */
  readonly maxTokens?: number;
  /** Called when the answer is complete. */
  readonly onEnd?: (end: AnswerEnd) => void;
}

export interface LanguageModel {
  /**
   * Yields the pieces of an answer, no text of them empty.
   *
   * @throws ModelFailure, or the signal's reason when aborted
   */
  answer(request: ModelRequest, signal: AbortSignal): AsyncGenerator<Piece, void, undefined>;
}

interface LanguageModelOptions {
  readonly baseUrl: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly temperature: number;
}

/** vLLM's names, which llm-server understands too: the last message is to be continued, not answered. */
const CONTINUE = { continue_final_message: true, add_generation_prompt: false };

/** Until the first token: a request may wait for others in llm-server. */
const TIMEOUT_MS = 120_000;

/** The model behind llm-server, which asks for no key. An overloaded server is asked again, with growing pauses. */
export function createLanguageModel(options: LanguageModelOptions): LanguageModel {
  const { baseUrl, model, maxTokens, temperature } = options;
  const client = new OpenAI({ baseURL: baseUrl, apiKey: "unused", timeout: TIMEOUT_MS, maxRetries: 4 });
  return {
    async *answer(request, signal) {
      const { userId, messages, prefix, tools, mayCall } = request;
      const max_tokens = Math.min(maxTokens, request.maxTokens ?? maxTokens);
      let end: AnswerEnd = {};
      const calls = new Map<number, { id: string; name: string; arguments: string }>();
      try {
        const chunks = await client.chat.completions.create(
          {
            ...{ model, max_tokens, temperature, safety_identifier: userId },
            ...{ stream: true, stream_options: { include_usage: true } },
            messages: prefix === "" ? [...messages] : [...messages, { role: "assistant", content: prefix }],
            ...(prefix !== "" && CONTINUE),
            ...(tools.length > 0 && {
              tools: tools.map((tool) => ({ type: "function" as const, function: { ...tool } })),
              tool_choice: mayCall ? "auto" : "none",
            }),
          },
          { signal, headers: contextHeaders() },
        );
        for await (const { choices, usage } of chunks) {
          const { delta, finish_reason: finish } = choices[0] ?? {};
          if (finish) end = { ...end, finish };
          const known = usageOf(usage);
          if (known) end = { ...end, usage: known };
          if (delta?.content) yield { text: delta.content };
          for (const { index, id, function: part } of delta?.tool_calls ?? []) {
            const call = calls.get(index) ?? { id: "", name: "", arguments: "" };
            calls.set(index, {
              id: id ?? call.id,
              name: part?.name ?? call.name,
              arguments: call.arguments + (part?.arguments ?? ""),
            });
          }
        }
      } catch (cause) {
        signal.throwIfAborted();
        throw new ModelFailure("the model did not answer", { cause });
      }
      // The package ends an aborted stream without an error.
      signal.throwIfAborted();
      request.onEnd?.(end);
      for (const call of calls.values()) yield { call: end.finish === "length" ? cutOff(call) : call };
    },
  };
}

/** @returns undefined for what is no count: budgets add these up */
function usageOf(usage: OpenAI.CompletionUsage | null | undefined): AnswerEnd["usage"] {
  const { prompt_tokens: prompt, completion_tokens: completion } = usage ?? {};
  return isCount(prompt) && isCount(completion) ? { prompt, completion } : undefined;
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
