import type { Db, Filter } from "mongodb";
import type { CollectionStore, Found } from "./stores.ts";

interface AnyDocument {
  readonly _id: string;
}

const BATCH = 200;

/** @returns how many documents of a user's a collection has */
export async function countDocuments(db: Db, store: CollectionStore, userId: string): Promise<number> {
  let count = 0;
  for await (const filter of filtersOf(db, store.found, userId)) {
    count += await db.collection<AnyDocument>(store.name).countDocuments(filter);
  }
  return count;
}

/** @returns how many documents it removed. Idempotent; what refers to others must be erased before them */
export async function eraseDocuments(db: Db, store: CollectionStore, userId: string): Promise<number> {
  let count = 0;
  for await (const filter of filtersOf(db, store.found, userId)) {
    count += (await db.collection<AnyDocument>(store.name).deleteMany(filter)).deletedCount;
  }
  return count;
}

async function* filtersOf(
  db: Db,
  found: Found | undefined,
  userId: string,
): AsyncGenerator<Filter<AnyDocument>> {
  if (found === undefined) return;
  if (!("parent" in found)) {
    yield { [found.field]: (found.as ?? "{id}").replace("{id}", userId) };
    return;
  }
  const { field, parent, begins } = found;
  for await (const ids of batchesOf(db, parent, userId)) {
    if (!begins) yield { [field]: { $in: ids } };
    // A zero comes behind a slash.
    else for (const id of ids) yield { [field]: { $gte: `${id}/`, $lt: `${id}0` } };
  }
}

/** Ids of a user's documents. */
async function* batchesOf(db: Db, name: string, userId: string): AsyncGenerator<string[]> {
  const parents = db.collection<AnyDocument & { user_id: string }>(name);
  for (let after = ""; ; ) {
    const query = { user_id: userId, _id: { $gt: after } };
    const page = parents.find(query, { projection: { _id: 1 } }).sort({ _id: 1 });
    const ids = (await page.limit(BATCH).toArray()).map(({ _id }) => _id);
    if (ids.length > 0) yield ids;
    if (ids.length < BATCH) return;
    after = ids.at(-1) ?? after;
  }
}
