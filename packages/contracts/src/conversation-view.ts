import type { Change } from "./http/changes.ts";
import type { Message } from "./http/messages.ts";

/** What a session shows as of one of its changes. */
export interface ConversationView {
  /** Sequence number of the last change that it takes account of. */
  readonly upTo: number;
  /** By sequence number. */
  readonly messages: readonly Message[];
  /** Changes that came ahead of others, by sequence number; they count once the gap is closed. */
  readonly ahead: readonly Change[];
  /** How often it was begun anew, since the log has become another: only views of one epoch can be compared. */
  readonly epoch?: number;
}

export const EMPTY_VIEW: ConversationView = { upTo: 0, messages: [], ahead: [] };

/**
 * Takes changes in any order, each any number of times. Whoever has all up to a number sees the same: a run that was
 * superseded never counts again, so an answer that comes too late is left out by everybody.
 */
export function takeChanges(view: ConversationView, changes: readonly Change[]): ConversationView {
  let { upTo, messages } = view;
  const waiting = new Map([...view.ahead, ...changes].map((change) => [change.sequence, change]));
  for (let next = waiting.get(upTo + 1); next !== undefined; next = waiting.get(upTo + 1)) {
    messages = applyChange(messages, next);
    upTo = next.sequence;
  }
  const ahead = [...waiting.values()].filter(({ sequence }) => sequence > upTo);
  if (upTo === view.upTo && ahead.length === view.ahead.length) return view;
  return { ...view, upTo, messages, ahead: ahead.sort((a, b) => a.sequence - b.sequence) };
}

/** @returns what is to be shown: with what came ahead, though that may change yet */
export function shownMessages({ messages, ahead }: ConversationView): readonly Message[] {
  return ahead.reduce(applyChange, messages);
}

/** One change, on top of all before it. */
export function applyChange(messages: readonly Message[], change: Change): readonly Message[] {
  switch (change.kind) {
    case "message":
      return isAnswerOfNone(messages, change.message) ? messages : [...messages, change.message];
    case "edit":
      return [...withLiveAnswers(messages.filter(isBefore(change.from))), change.message];
    case "cut":
      return withLiveAnswers(messages.filter(isBefore(change.from)));
    case "regeneration": {
      const { message_id, run_id, from } = change;
      const kept = messages.filter(isBefore(from + 1));
      return withLiveAnswers(
        kept.map((message) => (message.id === message_id ? { ...message, run_id } : message)),
      );
    }
    case "deletion":
      return withLiveAnswers(messages.filter(({ id }) => id !== change.message_id));
    case "gone":
      return messages;
  }
}

/** An answer stands where its run ended, which may be behind a message that was sent meanwhile. */
const isBefore = (from: number) => (message: Message) =>
  message.role === "assistant" || message.sequence < from;

function withLiveAnswers(messages: readonly Message[]): readonly Message[] {
  const live = new Set(messages.filter(({ role }) => role === "user").map(({ run_id }) => run_id));
  return messages.filter(({ role, run_id }) => role === "user" || live.has(run_id));
}

function isAnswerOfNone(messages: readonly Message[], { role, run_id }: Message): boolean {
  if (role === "user") return false;
  return messages.findLast((other) => other.role === "user" && other.run_id === run_id) === undefined;
}
