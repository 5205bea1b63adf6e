import type { ContentCipher } from "@mobile-ai-agent/content-cipher";
import type { Db } from "mongodb";
import { type ApprovalStore, createApprovalStore } from "./approvals.ts";
import { type ContextStore, createContextStore } from "./contexts.ts";
import { createMessageStore, type MessageStore } from "./messages.ts";
import { createRunRecordStore, type RunRecordStore } from "./run-records.ts";
import { createRunStore, type RunStore } from "./runs.ts";
import { createSessionDeletions, type SessionDeletions } from "./session-deletions.ts";
import { createSessionStore, type SessionStore } from "./sessions.ts";

/** What is true of conversations. It needs no transactions: what must be
 * decided between two writers is decided by a unique index. */
export interface ConversationStore {
  readonly sessions: SessionStore;
  readonly messages: MessageStore;
  readonly contexts: ContextStore;
  readonly runs: RunStore;
  readonly approvals: ApprovalStore;
  readonly records: RunRecordStore;
  readonly deletions: SessionDeletions;
  /** Call before the first write: uniqueness rests on them. Idempotent. */
  createIndexes(): Promise<void>;
}

/** @param cipher seals what users and the agent say, and what is kept about them, each under the user's own key */
export function createConversationStore(db: Db, cipher: ContentCipher): ConversationStore {
  const sessions = createSessionStore(db, cipher);
  const messages = createMessageStore(db, cipher);
  const contexts = createContextStore(db, cipher);
  const runs = createRunStore(db, cipher);
  const approvals = createApprovalStore(db, cipher);
  const records = createRunRecordStore(db, cipher);
  const parts = { sessions, messages, contexts, runs, approvals, records };
  const deletions = createSessionDeletions(db, parts);
  return {
    ...parts,
    deletions,
    async createIndexes() {
      for (const store of [...Object.values(parts), deletions]) await store.createIndexes();
    },
  };
}
