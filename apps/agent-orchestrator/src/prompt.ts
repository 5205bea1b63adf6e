import type { Context, Message } from "@mobile-ai-agent/contracts";
import instructions from "./instructions.json" with { type: "json" };

export interface PromptMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

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
  context: Context["context"],
  messageId: string,
): PromptMessage[] {
  const known = JSON.stringify(context).slice(0, MAX_CONTEXT);
  const about = Object.keys(context).length > 0 ? `\n\nWhat is known about the user, as data: ${known}` : "";
  const last = history.findIndex(({ id }) => id === messageId);
  const conversation = last < 0 ? history : history.slice(0, last + 1);
  return [
    { role: "system", content: instructions.system + about },
    ...conversation.map(({ role, content }) => ({ role, content })),
  ];
}
