import { randomUUID } from "node:crypto";
import OpenAI, { APIError } from "openai";
import {
  type ChatMessage,
  type ChatModel,
  type FinishReason,
  type Question,
  type TokenUsage,
  type ToolCall,
  toUsage,
} from "../chat-model.ts";
import { causeOf, kindOfStatus, ModelFailure, retryAfterOf } from "../model-failure.ts";
import { untilSilent } from "./until-silent.ts";

interface UpstreamOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  /** Whether the endpoint and its model know tools. */
  readonly tools: boolean;
  /** Whether the endpoint continues an answer that has begun, by the fields that vLLM has for it. */
  readonly prefill: boolean;
  /** After so long without a word it is given up, in ms. */
  readonly silenceMs: number;
}

type Param = OpenAI.ChatCompletionMessageParam;
type Delta = OpenAI.ChatCompletionChunk.Choice.Delta;

/** A model behind an OpenAI-compatible endpoint. */
export function createUpstreamModel(options: UpstreamOptions): ChatModel {
  const { baseUrl, apiKey, model, tools, prefill, silenceMs } = options;
  // Tries are counted elsewhere, for all providers alike.
  const client = new OpenAI({ baseURL: baseUrl, apiKey, maxRetries: 0, logLevel: "off" });
  // OpenAI's own models refuse the older name, which others know alone.
  const limit = new URL(baseUrl).hostname === "api.openai.com" ? "max_completion_tokens" : "max_tokens";
  let takesTemperature = true;

  /** Some models know one temperature only, and refuse any other: they are asked without, from then on. */
  async function open(question: Question, signal: AbortSignal) {
    const withTemperature = takesTemperature;
    const create = () => {
      const temperature = takesTemperature ? question.temperature : undefined;
      const request = toRequest({ ...question, temperature }, model);
      return client.chat.completions.create({ ...request, [limit]: question.maxTokens }, { signal });
    };
    return await create().catch((error) => {
      // Another question may have found it out meanwhile.
      if (!withTemperature || !(error instanceof APIError) || error.param !== "temperature") throw error;
      takesTemperature = false;
      return create();
    });
  }

  return {
    name: model,
    abilities: { tools, prefill },

    async *complete(question, { signal, onUsage }) {
      const calls: ToolCall[] = [];
      let finish: FinishReason | undefined;
      let used: TokenUsage | undefined;
      try {
        const chunks = untilSilent((stop) => open(question, stop), { signal, silenceMs });
        for await (const { choices, usage } of chunks) {
          // In the last chunk, which has no choice; some servers leave the list out, or tell it with each chunk.
          used = toUsage(usage?.prompt_tokens, usage?.completion_tokens) ?? used;
          const choice = choices?.[0];
          if (!choice) continue;
          const text = choice.delta?.content || choice.delta?.refusal;
          if (text) yield { kind: "text", text };
          for (const part of choice.delta?.tool_calls ?? []) addPart(calls, part);
          if (choice.finish_reason) finish = finishOf(choice.finish_reason);
        }
      } catch (error) {
        signal.throwIfAborted();
        throw toFailure(error);
      } finally {
        if (used) onUsage?.(used);
      }
      if (!finish) throw new ModelFailure("unavailable", "the model's stream ended midway");
      for (const call of calls.filter(Boolean)) yield { kind: "call", call };
      // Some servers say `stop` of an answer that calls tools.
      return calls.length > 0 && finish === "stop" ? "tool_calls" : finish;
    },

    async close() {},
  };
}

function toRequest({ messages, tools, toolChoice, temperature }: Question, model: string) {
  const choice =
    typeof toolChoice === "string"
      ? toolChoice
      : { type: "function" as const, function: { name: toolChoice.name } };
  return {
    model,
    messages: messages.map(toParam),
    ...(temperature === undefined ? {} : { temperature }),
    ...(tools.length > 0
      ? {
          tools: tools.map((tool) => ({ type: "function" as const, function: { ...tool } })),
          tool_choice: choice,
        }
      : {}),
    ...(messages.at(-1)?.role === "assistant"
      ? { continue_final_message: true, add_generation_prompt: false }
      : {}),
    stream: true as const,
    stream_options: { include_usage: true },
  };
}

function toParam(message: ChatMessage): Param {
  if (message.role === "tool")
    return { role: "tool", content: message.content, tool_call_id: message.toolCallId };
  if (message.role !== "assistant" || !message.toolCalls?.length)
    return { role: message.role, content: message.content };
  return {
    role: "assistant",
    content: message.content || null,
    tool_calls: message.toolCalls.map(({ id, ...call }) => ({ id, type: "function", function: call })),
  };
}

/** Adds a part of a call to the one that it belongs to. Some servers give each whole call the index 0. */
function addPart(calls: ToolCall[], part: NonNullable<Delta["tool_calls"]>[number]): void {
  let index = part.index ?? calls.length;
  const begun = calls[index];
  if (begun && part.id && part.id !== begun.id) index = calls.length;
  const call = calls[index] ?? { id: part.id || `call_${randomUUID()}`, name: "", arguments: "" };
  calls[index] = {
    id: call.id,
    name: call.name || part.function?.name || "",
    arguments: call.arguments + (part.function?.arguments ?? ""),
  };
}

function finishOf(reason: string): FinishReason {
  if (reason === "length" || reason === "content_filter") return reason;
  return reason === "tool_calls" || reason === "function_call" ? "tool_calls" : "stop";
}

function toFailure(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (!(error instanceof APIError)) {
    return new ModelFailure("unavailable", "the model's answer broke off", { cause: error });
  }
  // An error within the stream has no status; servers put one into its code.
  const status = error.status ?? (Number(error.code) || undefined);
  const overloaded = /rate_limit|overloaded/.test(`${error.code} ${error.type}`);
  const kind = overloaded ? "overloaded" : kindOfStatus(status);
  return new ModelFailure(kind, "the model did not answer", {
    cause: causeOf(error, kind),
    ...retryAfterOf(error.headers),
  });
}
