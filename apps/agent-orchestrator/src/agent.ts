import type { LanguageModel, PromptMessage } from "./language-model.ts";
import type { RunTools, ToolCall } from "./run-tools.ts";

/** What the model may ask for at once; what is beyond is not done, and it is told so. */
const MAX_CALLS = 8;
const TOO_MANY = `error: at most ${MAX_CALLS} calls are done at once; ask again for this one`;

export interface AgentOptions {
  readonly model: LanguageModel;
  readonly tools: RunTools;
  /** How often the model is asked; at the last time it may call no tool, so that it has to answer. */
  readonly maxSteps: number;
}

/**
 * The agent's loop: asks the model, does what it asks for, shows it the results and asks again, until it answers.
 *
 * @param prompt ends with the message to answer
 * @returns the pieces of the answer, none of them empty
 * @throws ModelFailure, or the signal's reason when aborted
 */
export async function* answerWithTools(
  prompt: readonly PromptMessage[],
  { model, tools, maxSteps }: AgentOptions,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const messages = [...prompt];
  let spoken = false;
  for (let step = 1; ; step++) {
    const mayCall = step < maxSteps;
    const calls: ToolCall[] = [];
    let text = "";
    for await (const piece of model.answer({ messages, tools: tools.definitions, mayCall }, signal)) {
      if ("call" in piece) {
        calls.push(piece.call);
        continue;
      }
      // What it said before a call and what it says after it are two paragraphs.
      if (text === "" && spoken) yield "\n\n";
      text += piece.text;
      yield piece.text;
    }
    spoken ||= text !== "";
    if (calls.length === 0 || !mayCall) return;
    messages.push(asAssistant(text, calls));
    for (const [index, call] of calls.entries()) {
      const content = index < MAX_CALLS ? await tools.call(call, signal) : TOO_MANY;
      messages.push({ role: "tool", tool_call_id: call.id, content });
    }
  }
}

function asAssistant(text: string, calls: readonly ToolCall[]): PromptMessage {
  return {
    role: "assistant",
    content: text || null,
    tool_calls: calls.map(({ id, name, arguments: args }) => ({
      id,
      type: "function",
      function: { name, arguments: args },
    })),
  };
}
