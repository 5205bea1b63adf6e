import type { Db } from "mongodb";
import { collectionOf, unwrap, wrap } from "./data-keys.ts";
import type { KeyRing } from "./key-ring.ts";

const BATCH = 500;

/**
 * Wraps every data key by the master key that seals now; the data keys themselves, and so all content, stay as they are.
 * It may be interrupted and repeated, and users go on meanwhile. A key that is destroyed under way stays destroyed: only
 * a document that is there is changed.
 *
 * @returns how many were wrapped anew
 * @throws ContentFault for a data key that no master key opens, after all others are done
 */
export async function rewrapDataKeys(db: Db, ring: KeyRing): Promise<number> {
  const keys = collectionOf(db);
  const master = ring.sealing();
  let rewrapped = 0;
  let fault: unknown;
  for (let after = ""; ; ) {
    const outdated = { _id: { $gt: after }, key_id: { $exists: true, $ne: master.id } };
    const batch = await keys.find(outdated).sort({ _id: 1 }).limit(BATCH).toArray();
    for (const document of batch) {
      after = document._id;
      try {
        const wrapped = wrap(document._id, await unwrap(document, ring), master);
        await keys.updateOne({ _id: document._id, key_id: document.key_id ?? "" }, { $set: wrapped });
        rewrapped++;
      } catch (error) {
        fault ??= error;
      }
    }
    if (batch.length < BATCH) break;
  }
  if (fault !== undefined) throw fault;
  return rewrapped;
}

/** @returns how many data keys need another master key than the first `keep` of the ring: with none, those can go */
export function countWrappedByOthers(db: Db, masterIds: readonly string[]): Promise<number> {
  return collectionOf(db).countDocuments({ key_id: { $exists: true, $nin: [...masterIds] } });
}
