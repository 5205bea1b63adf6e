import Anthropic, { APIError } from "@anthropic-ai/sdk";
import {
  type Answer,
  type ChatModel,
  type CompletionOptions,
  type FinishReason,
  type TokenUsage,
  type ToolCall,
  toUsage,
} from "../chat-model.ts";
import { causeOf, kindOfStatus, ModelFailure, retryAfterOf } from "../model-failure.ts";
import { toAnthropicRequest } from "./anthropic-request.ts";
import { untilSilent } from "./until-silent.ts";

interface AnthropicOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly model: string;
  /** After so long without a word it is given up, in ms. */
  readonly silenceMs: number;
}

/** A model behind Anthropic's Messages API. It doesn't continue begun answers: its current models refuse to. */
export function createAnthropicModel({ baseUrl, apiKey, model, silenceMs }: AnthropicOptions): ChatModel {
  const client = new Anthropic({
    ...{ baseURL: baseUrl, apiKey, authToken: null, logLevel: "off" },
    // Tries are counted elsewhere, for all providers alike.
    maxRetries: 0,
  });
  return {
    name: model,
    abilities: { tools: true, prefill: false },

    async *complete(question, { signal, onUsage }) {
      const request = toAnthropicRequest(question, model);
      const open = (stop: AbortSignal) => client.messages.create(request, { signal: stop });
      try {
        return yield* readAnswer(untilSilent(open, { signal, silenceMs }), onUsage);
      } catch (error) {
        signal.throwIfAborted();
        throw toFailure(error);
      }
    },

    async close() {},
  };
}

async function* readAnswer(
  events: AsyncIterable<Anthropic.RawMessageStreamEvent>,
  onUsage: CompletionOptions["onUsage"],
): Answer {
  let counts: Counts | undefined;
  let finish: FinishReason | undefined;
  let call: { id: string; name: string; arguments: string } | undefined;
  const calls: ToolCall[] = [];
  try {
    for await (const event of events) {
      switch (event.type) {
        case "message_start":
          counts = known(event.message.usage);
          break;
        case "content_block_start":
          // Blocks come one after the other.
          if (event.content_block.type === "tool_use")
            call = { id: event.content_block.id, name: event.content_block.name, arguments: "" };
          break;
        case "content_block_delta":
          if (event.delta.type === "text_delta" && event.delta.text)
            yield { kind: "text", text: event.delta.text };
          if (event.delta.type === "input_json_delta" && call) call.arguments += event.delta.partial_json;
          break;
        case "content_block_stop":
          if (call) calls.push(call);
          call = undefined;
          break;
        case "message_delta":
          counts = { ...counts, ...known(event.usage) };
          if (event.delta.stop_reason) finish = finishOf(event.delta.stop_reason);
          break;
      }
    }
  } finally {
    const usage = counts && usageOf(counts);
    if (usage) onUsage?.(usage);
  }
  if (!finish) throw new ModelFailure("unavailable", "the model's stream ended midway");
  for (const [index, { arguments: json, ...about }] of calls.entries()) {
    // A call that broke off before its arguments is not one that has none.
    const isCut = finish === "length" && index === calls.length - 1;
    yield { kind: "call", call: { ...about, arguments: json || (isCut ? "" : "{}") } };
  }
  return finish;
}

const COUNTS = [
  "input_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "output_tokens",
] as const;
type Counts = Partial<Record<(typeof COUNTS)[number], number>>;

/** The counts that an event tells; they are totals so far, and later events may leave some out. */
function known(counts: { readonly [name in keyof Counts]?: number | null }): Counts {
  return Object.fromEntries(COUNTS.map((name) => [name, counts[name]]).filter(([, count]) => count != null));
}

function usageOf(counts: Counts): TokenUsage | undefined {
  const { input_tokens = 0, cache_creation_input_tokens = 0, cache_read_input_tokens = 0 } = counts;
  const prompt = input_tokens + cache_creation_input_tokens + cache_read_input_tokens;
  return toUsage(prompt, counts.output_tokens ?? 0);
}

function finishOf(reason: Anthropic.StopReason): FinishReason {
  switch (reason) {
    case "max_tokens":
    case "model_context_window_exceeded":
      return "length";
    case "tool_use":
      return "tool_calls";
    case "refusal":
      return "content_filter";
    default:
      return "stop";
  }
}

/** Errors within a stream have a type only. https://platform.claude.com/docs/en/api/errors */
const STATUS_OF_TYPE: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  overloaded_error: 529,
};

function toFailure(error: unknown): ModelFailure {
  if (error instanceof ModelFailure) return error;
  if (!(error instanceof APIError))
    return new ModelFailure("unavailable", "the model's answer broke off", { cause: error });
  const status = error.status ?? STATUS_OF_TYPE[error.type ?? ""];
  const kind = kindOfStatus(status);
  return new ModelFailure(kind, "the model did not answer", {
    cause: causeOf(error, kind),
    ...retryAfterOf(error.headers),
  });
}
