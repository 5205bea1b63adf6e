import { z } from "zod";
import type { ChatMessage, Question, ToolChoice } from "./chat-model.ts";

const DEFAULT_MAX_TOKENS = 256;

/** As OpenAI and Anthropic take them. */
const ToolName = z.string().regex(/^[\w-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -");
const TextPart = z.object({ type: z.literal("text"), text: z.string() });
const Content = z
  .union([z.string(), z.array(TextPart)])
  .transform((content) => (typeof content === "string" ? content : content.map(({ text }) => text).join("")));
const MaxTokens = z.int().min(1).max(4096);
const User = z.string().min(1).max(128);
const Temperature = z.number().min(0).max(2);

const ToolCallParam = z.object({
  id: z.string().min(1),
  type: z.literal("function"),
  function: z.object({ name: ToolName, arguments: z.string() }),
});

const Message = z.discriminatedUnion("role", [
  z.object({ role: z.enum(["system", "developer", "user"]), content: Content }),
  z.object({
    role: z.literal("assistant"),
    content: Content.nullish(),
    tool_calls: z.array(ToolCallParam).nullish(),
  }),
  z.object({ role: z.literal("tool"), content: Content, tool_call_id: z.string().min(1) }),
]);
type Message = z.infer<typeof Message>;

const Tool = z.object({
  type: z.literal("function", "only tools of type function are known"),
  function: z.object({
    name: ToolName,
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
  }),
});

const NamedTool = z.object({ type: z.literal("function"), function: z.object({ name: ToolName }) });

const UNSERVED = "is not served: leave it out";
/** What would make another answer, and is not served: ignored, the answer would look like the one that was asked for. */
const unserved = {
  audio: z.null(UNSERVED).optional(),
  frequency_penalty: z.literal(0, UNSERVED).nullish(),
  function_call: z.null(UNSERVED).optional(),
  functions: z.null(UNSERVED).optional(),
  logit_bias: z.strictObject({}, UNSERVED).nullish(),
  logprobs: z.literal(false, UNSERVED).nullish(),
  modalities: z.tuple([z.literal("text")], UNSERVED).nullish(),
  parallel_tool_calls: z.literal(true, UNSERVED).nullish(),
  prediction: z.null(UNSERVED).optional(),
  presence_penalty: z.literal(0, UNSERVED).nullish(),
  reasoning_effort: z.null(UNSERVED).optional(),
  response_format: z.object({ type: z.literal("text", UNSERVED) }).nullish(),
  stop: z.null(UNSERVED).optional(),
  top_logprobs: z.null(UNSERVED).optional(),
  top_p: z.literal(1, UNSERVED).nullish(),
  verbosity: z.null(UNSERVED).optional(),
  web_search_options: z.null(UNSERVED).optional(),
} as const;

/** @returns whether a request was refused for a field that is known and not served */
export function isUnserved(field: unknown): boolean {
  return typeof field === "string" && Object.hasOwn(unserved, field);
}

/**
 * The part of OpenAI's chat completion request that is served. Fields beyond it that leave the answer as it is, such as
 * `metadata`, are ignored.
 */
export const ChatRequest = z
  .object({
    ...unserved,
    model: z.string().min(1),
    messages: z
      .array(Message)
      .min(1)
      .max(200)
      .refine(canBeAnswered, "the last message must be the user's, a tool's, or the answer's beginning"),
    tools: z.array(Tool).max(128).nullish(),
    tool_choice: z.union([z.enum(["auto", "none", "required"]), NamedTool]).nullish(),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
    max_tokens: MaxTokens.nullish(),
    max_completion_tokens: MaxTokens.nullish(),
    temperature: Temperature.nullish(),
    /** The older name of the next. */
    user: User.nullish(),
    safety_identifier: User.nullish(),
    n: z.literal(1, "only one answer per request").nullish(),
  })
  .refine(canBeChosen, {
    path: ["tool_choice"],
    error: "must name one of `tools`, or be auto or none without them",
  });
export type ChatRequest = z.infer<typeof ChatRequest>;

/** Body of `POST /generate`. */
export const GenerateRequest = z.object({
  prompt: z.string().min(1).max(100_000),
  max_tokens: MaxTokens.optional(),
  temperature: Temperature.optional(),
});

function canBeAnswered(messages: readonly Message[]): boolean {
  const last = messages.at(-1);
  if (last?.role === "assistant") return Boolean(last.content) && !last.tool_calls?.length;
  return last?.role === "user" || last?.role === "tool";
}

function canBeChosen(request: {
  tools?: readonly z.infer<typeof Tool>[] | null | undefined;
  tool_choice?: string | z.infer<typeof NamedTool> | null | undefined;
}): boolean {
  const { tools, tool_choice: choice } = request;
  if (choice === "required") return Boolean(tools?.length);
  if (typeof choice !== "object" || choice === null) return true;
  return tools?.some((tool) => tool.function.name === choice.function.name) ?? false;
}

/** @returns what a request asks, free of the wire's spelling */
export function toQuestion(request: ChatRequest): Question {
  return {
    messages: request.messages.map(toMessage),
    tools: (request.tools ?? []).map(({ function: { name, description, parameters } }) => ({
      name,
      description: description ?? undefined,
      parameters: parameters ?? { type: "object", properties: {} },
    })),
    toolChoice: toToolChoice(request.tool_choice),
    maxTokens: request.max_completion_tokens ?? request.max_tokens ?? DEFAULT_MAX_TOKENS,
    temperature: request.temperature ?? undefined,
    user: request.safety_identifier ?? request.user ?? undefined,
  };
}

/** @returns the question of a prompt on its own */
export function promptQuestion(request: z.infer<typeof GenerateRequest>): Question {
  return {
    messages: [{ role: "user", content: request.prompt }],
    tools: [],
    toolChoice: "auto",
    maxTokens: request.max_tokens ?? DEFAULT_MAX_TOKENS,
    temperature: request.temperature,
  };
}

function toMessage(message: Message): ChatMessage {
  switch (message.role) {
    case "tool":
      return { role: "tool", content: message.content, toolCallId: message.tool_call_id };
    case "assistant":
      return {
        role: "assistant",
        content: message.content ?? "",
        toolCalls: (message.tool_calls ?? []).map(({ id, function: call }) => ({ id, ...call })),
      };
    default:
      return { role: message.role === "user" ? "user" : "system", content: message.content };
  }
}

function toToolChoice(choice: ChatRequest["tool_choice"]): ToolChoice {
  return typeof choice === "object" && choice ? { name: choice.function.name } : (choice ?? "auto");
}
