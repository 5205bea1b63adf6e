import type Anthropic from "@anthropic-ai/sdk";
import type { ChatMessage, Question, ToolCall, ToolChoice } from "../chat-model.ts";
import { ModelFailure } from "../model-failure.ts";

type Block = Anthropic.TextBlockParam | Anthropic.ToolUseBlockParam | Anthropic.ToolResultBlockParam;
type Turn = { role: "user" | "assistant"; content: Block[] };

/**
 * A question as Anthropic's Messages API takes it: instructions apart, turns that alternate and begin with the user's,
 * results of tools in the user's turn. There is no temperature: the package's request has none.
 *
 * @throws ModelFailure `rejected` when the user says nothing, or the arguments of an earlier call are no JSON object
 */
export function toAnthropicRequest(
  question: Question,
  model: string,
): Anthropic.MessageCreateParamsStreaming {
  const { messages, tools, toolChoice, maxTokens } = question;
  const system = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  return {
    model,
    max_tokens: maxTokens,
    messages: toTurns(messages),
    ...(system.length > 0 ? { system: system.join("\n\n") } : {}),
    ...(tools.length > 0
      ? {
          tools: tools.map(({ name, description, parameters }) => ({
            name,
            ...(description === undefined ? {} : { description }),
            input_schema: { ...parameters, type: "object" as const },
          })),
          tool_choice: toAnthropicChoice(toolChoice),
        }
      : {}),
    stream: true,
  };
}

function toTurns(messages: readonly ChatMessage[]): Turn[] {
  const turns: Turn[] = [];
  const first = messages.findIndex(({ role }) => role === "user");
  if (first < 0) throw new ModelFailure("rejected", "no message of the conversation is the user's");
  // A conversation that was cut to its end may begin with an answer, or with the result of a call that is not there.
  for (const message of messages.slice(first)) {
    const content = toBlocks(message);
    if (content.length === 0) continue;
    const role = message.role === "assistant" ? "assistant" : "user";
    const last = turns.at(-1);
    if (last?.role === role) last.content.push(...content);
    else turns.push({ role, content });
  }
  return turns;
}

function toBlocks(message: ChatMessage): Block[] {
  // An empty text is refused.
  const text: Block[] = message.content.trim() ? [{ type: "text", text: message.content }] : [];
  switch (message.role) {
    case "tool":
      return [{ type: "tool_result", tool_use_id: message.toolCallId, content: message.content }];
    case "assistant":
      return [...text, ...(message.toolCalls ?? []).map(toToolUse)];
    case "user":
      return text;
    default:
      return [];
  }
}

function toToolUse({ id, name, arguments: json }: ToolCall): Anthropic.ToolUseBlockParam {
  let input: unknown;
  try {
    input = JSON.parse(json || "{}");
  } catch {
    // Without the parser's error, which quotes them.
    throw new ModelFailure("rejected", `the arguments of the call ${id} are not JSON`);
  }
  if (typeof input !== "object" || input === null || Array.isArray(input))
    throw new ModelFailure("rejected", `the arguments of the call ${id} are no JSON object`);
  return { type: "tool_use", id, name, input };
}

function toAnthropicChoice(choice: ToolChoice): Anthropic.ToolChoice {
  if (typeof choice === "object") return { type: "tool", name: choice.name };
  return { type: choice === "required" ? "any" : choice };
}
