import type { Message } from "@mobile-ai-agent/contracts";

/** @returns the user's messages that have no answer in the list, the oldest first. */
export function unanswered(messages: readonly Message[]): readonly Message[] {
  const answered = new Set(messages.filter(({ role }) => role === "assistant").map(({ run_id }) => run_id));
  return messages.filter(({ role, run_id }) => role === "user" && !answered.has(run_id));
}
