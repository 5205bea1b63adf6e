import type { Message } from "@mobile-ai-agent/contracts";

/** @returns both lists as one, each message once, in the session's order. */
export function mergeMessages(known: readonly Message[], more: readonly Message[]): readonly Message[] {
  if (more.length === 0) return known;
  const bySequence = new Map([...known, ...more].map((message) => [message.sequence, message]));
  return [...bySequence.values()].sort((a, b) => a.sequence - b.sequence);
}

/** @returns the sequence number up to which no message is missing; those after it must be asked for. */
export function completeUntil(messages: readonly Message[]): number {
  let last = 0;
  for (const { sequence } of messages) {
    if (sequence !== last + 1) break;
    last = sequence;
  }
  return last;
}

/** @returns the user's messages that have no answer in the list, the oldest first. */
export function unanswered(messages: readonly Message[]): readonly Message[] {
  const answered = new Set(messages.filter(({ role }) => role === "assistant").map(({ run_id }) => run_id));
  return messages.filter(({ role, run_id }) => role === "user" && !answered.has(run_id));
}
