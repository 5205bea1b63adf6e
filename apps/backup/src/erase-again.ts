import { eraseDocuments, isCollection, STORES } from "@mobile-ai-agent/erasure";
import { BSON, type Db } from "mongodb";
import { DATA_KEYS, destroyedOwners } from "./data-keys.ts";
import { rawDocuments } from "./documents.ts";
import { exactDocument } from "./exact-document.ts";

/** What is kept of erasures; a backup from before would take it back. */
const KEPT = ["erasures", "erasure_tokens", "erasure_parts"];

/**
 * Takes those out of a restored database who were erased after the backup: also what is no content, and so was not sealed
 * by the key that is destroyed.
 */
export async function eraseAgain(scratch: Db, live: Db): Promise<void> {
  for (const name of KEPT) await bringAlong(scratch, live, name);
  const erased = STORES.filter(isCollection).filter(
    ({ fate, name }) => fate === "erased" && name !== DATA_KEYS,
  );
  for await (const userId of destroyedOwners(scratch)) {
    for (const store of erased) await eraseDocuments(scratch, store, userId);
  }
}

async function bringAlong(scratch: Db, live: Db, name: string): Promise<void> {
  const restored = scratch.collection<{ _id: string }>(name);
  for await (const raw of rawDocuments(live, name)) {
    await restored.deleteOne({ _id: BSON.deserialize(raw)._id });
    await scratch.command({ insert: name, documents: [exactDocument(raw)] });
  }
}
