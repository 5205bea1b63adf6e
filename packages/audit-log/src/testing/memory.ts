import type { Db } from "mongodb";
import { CHECKPOINTS, ENTRIES } from "../chain-store.ts";
import type { Checkpoint, Entry } from "../entry.ts";
import type { AuditSource, Found } from "../source.ts";

/** A log in memory, to change what is in it. */
export interface MemoryLog {
  entries: (Found & { value: Entry })[];
  checkpoints: (Found & { value: Checkpoint })[];
}

export async function loadLog(db: Db): Promise<MemoryLog> {
  const load = async (name: string) =>
    (await db.collection<{ _id: never }>(name).find().sort({ _id: 1 }).toArray()).map(
      ({ _id, ...value }) => ({
        id: _id,
        value,
      }),
    );
  return { entries: await load(ENTRIES), checkpoints: await load(CHECKPOINTS) } as unknown as MemoryLog;
}

export function sourceOf({ entries, checkpoints }: MemoryLog): AuditSource {
  return {
    selected: false,
    entries: async function* () {
      yield* entries;
    },
    checkpoints: async function* () {
      yield* checkpoints;
    },
  };
}
