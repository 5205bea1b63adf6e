import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Binary, Db } from "mongodb";
import { lastNumber } from "./last-number.ts";
import type { Run } from "./runs.ts";

/** Part of a run's record, on from where the one before ends. */
export interface RecordPart {
  /** From 1. */
  readonly part: number;
  /** Over the hash of the one before and the body: the last one vouches for all. */
  readonly hash: string;
  /** What entered the run, as JSON. */
  readonly body: string;
}

interface RecordDocument {
  /** `<run>:<part>`: inserting it decides between two who handle the same run. */
  _id: string;
  run_id: string;
  session_id: string;
  user_id: string;
  part: number;
  hash: string;
  created_at: Date;
  /** Sealed. */
  body: Binary;
}

/** What entered runs from outside, so that they can be replayed. */
export interface RunRecordStore {
  createIndexes(): Promise<void>;
  /** The place of the last part, if there is any. */
  last(runId: string): Promise<Pick<RecordPart, "part" | "hash"> | undefined>;
  /** @throws when another has stored this part: two processes handle the run */
  append(run: Pick<Run, "id" | "sessionId" | "userId">, part: RecordPart): Promise<void>;
  read(runId: string): Promise<RecordPart[]>;
  removeAll(sessionId: string): Promise<void>;
  /** Deletes what is older. @returns how many parts */
  removeBefore(date: Date): Promise<number>;
}

export function createRunRecordStore(db: Db, cipher: ContentCipher): RunRecordStore {
  const records = db.collection<RecordDocument>("run_records");

  /** By their ids, which every database finds by its index. */
  async function* partsOf(runId: string) {
    for (let part = 1; ; part++) {
      const found = await records.findOne({ _id: idOf(runId, part) });
      if (found === null) return;
      yield found;
    }
  }

  return {
    async createIndexes() {
      await records.createIndex({ user_id: 1 });
      await records.createIndex({ session_id: 1 });
      await records.createIndex({ created_at: 1 });
    },

    async last(runId) {
      const projection = { _id: 0, part: 1, hash: 1 } as const;
      const at = async (part: number) =>
        (await records.findOne<Pick<RecordPart, "part" | "hash">>(
          { _id: idOf(runId, part) },
          { projection },
        )) ?? undefined;
      return (await lastNumber(0, at)).found;
    },

    async append({ id, sessionId, userId }, { part, hash, body }) {
      const _id = idOf(id, part);
      const document: RecordDocument = {
        ...{ _id, run_id: id, session_id: sessionId, user_id: userId, part, hash, created_at: new Date() },
        body: await cipher.seal(userId, placeOf(_id), body),
      };
      try {
        await records.insertOne(document);
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        // The answer to an earlier try may have been lost.
        if ((await records.findOne({ _id }))?.hash !== hash) throw error;
      }
    },

    async read(runId) {
      const parts: RecordPart[] = [];
      for await (const { _id, user_id, part, hash, body } of partsOf(runId))
        parts.push({ part, hash, body: await cipher.open(user_id, placeOf(_id), body) });
      return parts;
    },

    async removeAll(session_id) {
      await records.deleteMany({ session_id });
    },

    async removeBefore(date) {
      return (await records.deleteMany({ created_at: { $lt: date } })).deletedCount;
    },
  };
}

function idOf(runId: string, part: number): string {
  return `${runId}:${part}`;
}

function placeOf(record: string): Place {
  return { collection: "run_records", record, field: "body" };
}
