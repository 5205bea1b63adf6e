import type { Db } from "mongodb";
import { REFERENCES, type Reference } from "./references.ts";

const BATCH = 500;

export interface Orphans extends Reference {
  readonly count: number;
}

interface Referring {
  readonly _id: unknown;
  readonly reference: unknown;
}

/**
 * Finds documents that refer to what is not there, and with `repair` deletes them; what then lacks its own is found
 * and deleted in turn.
 *
 * @returns the references with orphans, and how many there are or were.
 */
export async function checkConsistency(db: Db, { repair }: { repair: boolean }): Promise<Orphans[]> {
  const found: Orphans[] = [];
  for (const reference of REFERENCES) {
    const count = await checkReference(db, reference, repair);
    if (count > 0) found.push({ ...reference, count });
  }
  return found;
}

async function checkReference(db: Db, reference: Reference, repair: boolean): Promise<number> {
  const { from, field } = reference;
  let count = 0;
  let batch: Referring[] = [];
  const orphans: unknown[] = [];
  const flush = async () => {
    const lost = await withoutTarget(db, reference, batch);
    count += lost.length;
    if (repair) orphans.push(...lost);
    batch = [];
  };
  for await (const document of db.collection(from).find({}, { projection: { [field]: 1 } })) {
    batch.push({ _id: document._id, reference: document[field] });
    if (batch.length >= BATCH) await flush();
  }
  await flush();
  for (let start = 0; start < orphans.length; start += BATCH) {
    await db.collection(from).deleteMany({ _id: { $in: orphans.slice(start, start + BATCH) as never[] } });
  }
  return count;
}

async function withoutTarget(db: Db, { to }: Reference, batch: readonly Referring[]): Promise<unknown[]> {
  if (batch.length === 0) return [];
  const wanted = [...new Set(batch.map(({ reference }) => reference))];
  const there = await db
    .collection(to)
    .find({ _id: { $in: wanted as never[] } }, { projection: { _id: 1 } })
    .toArray();
  const known = new Set<unknown>(there.map(({ _id }) => _id));
  return batch.filter(({ reference }) => !known.has(reference)).map(({ _id }) => _id);
}
