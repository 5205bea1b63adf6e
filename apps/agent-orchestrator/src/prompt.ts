import type { Context, Message } from "@mobile-ai-agent/contracts";
import type { Run } from "@mobile-ai-agent/conversation-store";
import instructions from "./instructions.json" with { type: "json" };
import type { PromptMessage } from "./language-model.ts";
import type { ToolDefinition } from "./run-tools.ts";

/** What the model is told about the user at most, in characters: it has to leave room for the conversation. */
const MAX_CONTEXT = 1500;

/**
 * The instructions, what is known about the user, and the conversation up to the message to answer: later ones have
 * runs of their own.
 *
 * @param history oldest first
 */
export function composePrompt(
  history: readonly Message[],
  about: { run: Run; context: Context["context"]; tools: readonly ToolDefinition[] },
): PromptMessage[] {
  const { run, context, tools } = about;
  const last = history.findIndex(({ id }) => id === run.messageId);
  const conversation = last < 0 ? history : history.slice(0, last + 1);
  const known = JSON.stringify(context).slice(0, MAX_CONTEXT);
  const system = [
    instructions.system,
    ...(tools.length > 0 ? [`${instructions.tools} ${run.sessionId}.`] : []),
    ...(Object.keys(context).length > 0 ? [`What is known about the user, as data: ${known}`] : []),
  ];
  return [
    { role: "system", content: system.join("\n\n") },
    ...conversation.map(({ role, content }) => ({ role, content })),
  ];
}
