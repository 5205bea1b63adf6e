import type { Db } from "mongodb";
import type { ApprovalStore } from "./approvals.ts";
import type { ContextStore } from "./contexts.ts";
import type { MessageStore } from "./messages.ts";
import type { RunRecordStore } from "./run-records.ts";
import type { RunStore } from "./runs.ts";
import type { SessionStore } from "./sessions.ts";

interface DeletionDocument {
  /** The session's. */
  _id: string;
  requested_at: Date;
}

interface Parts {
  readonly sessions: SessionStore;
  readonly messages: MessageStore;
  readonly contexts: ContextStore;
  readonly runs: RunStore;
  readonly approvals: ApprovalStore;
  readonly records: RunRecordStore;
}

/**
 * Removes sessions with all that belongs to them. A deletion is noted first, and done again later: what a process died
 * over is finished, and what a writer added that had looked at the session before is gone too.
 */
export interface SessionDeletions {
  createIndexes(): Promise<void>;
  /** Lets what writers under way add to a session go later, whatever becomes of its documents now. */
  note(sessionId: string): Promise<void>;
  /** From now on there is no such session. */
  remove(sessionId: string): Promise<void>;
  /**
   * Does deletions again that were asked for before `date`, and forgets them.
   *
   * @returns how many
   */
  finishBefore(date: Date): Promise<number>;
}

const BATCH = 100;

export function createSessionDeletions(db: Db, { sessions, ...others }: Parts): SessionDeletions {
  const deletions = db.collection<DeletionDocument>("session_deletions");

  async function purge(sessionId: string): Promise<void> {
    await sessions.remove(sessionId);
    await Promise.all(Object.values(others).map((store) => store.removeAll(sessionId)));
  }

  async function note(sessionId: string): Promise<void> {
    const requested_at = new Date();
    await deletions.updateOne({ _id: sessionId }, { $set: { requested_at } }, { upsert: true });
  }

  return {
    note,

    async createIndexes() {
      await deletions.createIndex({ requested_at: 1 });
    },

    async remove(sessionId) {
      await note(sessionId);
      await purge(sessionId);
    },

    async finishBefore(date) {
      const overdue = await deletions
        .find({ requested_at: { $lt: date } })
        .limit(BATCH)
        .toArray();
      for (const { _id } of overdue) {
        await purge(_id);
        await deletions.deleteOne({ _id });
      }
      return overdue.length;
    },
  };
}
