import type { Db } from "mongodb";
import { type ApprovalStore, createApprovalStore } from "./approvals.ts";
import { type ContextStore, createContextStore } from "./contexts.ts";
import { createMessageStore, type MessageStore } from "./messages.ts";
import { createRunStore, type RunStore } from "./runs.ts";
import { createSessionStore, type SessionStore } from "./sessions.ts";

/** What is true of conversations. It needs no transactions: what must be
 * decided between two writers is decided by a unique index. */
export interface ConversationStore {
  readonly sessions: SessionStore;
  readonly messages: MessageStore;
  readonly contexts: ContextStore;
  readonly runs: RunStore;
  readonly approvals: ApprovalStore;
  /** Call before the first write: uniqueness rests on them. Idempotent. */
  createIndexes(): Promise<void>;
}

export function createConversationStore(db: Db): ConversationStore {
  const sessions = createSessionStore(db);
  const messages = createMessageStore(db);
  const contexts = createContextStore(db);
  const runs = createRunStore(db);
  const approvals = createApprovalStore(db);
  return {
    sessions,
    messages,
    contexts,
    runs,
    approvals,
    async createIndexes() {
      for (const store of [sessions, messages, contexts, runs, approvals]) await store.createIndexes();
    },
  };
}
