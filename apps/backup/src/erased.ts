import type { Db } from "mongodb";
import { DATA_KEYS, noteOf } from "./data-keys.ts";

/** Where sealed contents are, by owner. What was stored before there was a cipher is text, and needs no key. */
const SEALED = [
  { collection: "sessions", field: "title" },
  { collection: "messages", field: "content" },
] as const;
const BATCH = 500;

export interface Erased {
  /** Whose key was destroyed on purpose. */
  readonly documents: number;
  /** Without a key, though none was destroyed: a fault. */
  readonly lost: number;
}

/** Counts the sealed documents that nobody can open any more. */
export async function countErased(db: Db): Promise<Erased> {
  let [documents, lost] = [0, 0];
  for (const { collection, field } of SEALED) {
    let owners: string[] = [];
    const flush = async () => {
      const known = await keysAndNotesOf(db, owners);
      const keyless = owners.filter((owner) => !known.has(owner));
      const destroyed = keyless.filter((owner) => known.has(noteOf(owner))).length;
      documents += destroyed;
      lost += keyless.length - destroyed;
      owners = [];
    };
    const sealed = db
      .collection(collection)
      .find({ [field]: { $type: "binData" } }, { projection: { user_id: 1 } });
    for await (const { user_id } of sealed) {
      owners.push(String(user_id));
      if (owners.length >= BATCH) await flush();
    }
    await flush();
  }
  return { documents, lost };
}

async function keysAndNotesOf(db: Db, owners: readonly string[]): Promise<Set<string>> {
  const ids = [...new Set(owners)].flatMap((owner) => [owner, noteOf(owner)]);
  const found = await db
    .collection<{ _id: string }>(DATA_KEYS)
    .find({ _id: { $in: ids } }, { projection: { _id: 1 } })
    .toArray();
  return new Set(found.map(({ _id }) => _id));
}
