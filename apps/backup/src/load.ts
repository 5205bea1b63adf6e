import type { BSON, Db } from "mongodb";
import type { Metadata } from "./collection-files.ts";
import { rawDocuments } from "./documents.ts";
import { type ExactDocument, exactDocument } from "./exact-document.ts";
import { BackupFailure } from "./failure.ts";
import { type Tally, tallyOf } from "./tally.ts";

/** Below the protocol's 48 MB a message, whatever the documents' size (16 MB at most). */
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH_DOCUMENTS = 500;

/**
 * Makes a collection with documents and indexes.
 *
 * @returns what the database then holds, read back from it.
 */
export async function loadCollection(
  db: Db,
  name: string,
  { options, indexes }: Pick<Metadata, "options" | "indexes">,
  documents: AsyncIterable<Buffer>,
): Promise<Tally> {
  await db.createCollection(name, options);
  let batch: ExactDocument[] = [];
  let bytes = 0;
  for await (const raw of documents) {
    if (batch.length >= BATCH_DOCUMENTS || bytes + raw.length > BATCH_BYTES) {
      await insert(db, name, batch);
      [batch, bytes] = [[], 0];
    }
    batch.push(exactDocument(raw));
    bytes += raw.length;
  }
  await insert(db, name, batch);
  // FerretDB refuses the version that it lists itself.
  const made = indexes.filter((index) => index.name !== "_id_").map(({ v: _v, ...index }) => index);
  if (made.length > 0) await db.command({ createIndexes: name, indexes: made });
  await checkIndexes(db, name, indexes);
  return tallyOf(rawDocuments(db, name));
}

/** The bare command: the driver's insertMany would add to the documents. */
async function insert(db: Db, name: string, documents: readonly ExactDocument[]): Promise<void> {
  if (documents.length === 0) return;
  const { n, writeErrors } = await db.command({ insert: name, documents, ordered: true });
  if (n === documents.length && !writeErrors) return;
  throw new BackupFailure(`the database refused a document of ${name}: ${writeErrors?.[0]?.errmsg ?? n}`);
}

async function checkIndexes(db: Db, name: string, wanted: Metadata["indexes"]): Promise<void> {
  const found = await db.collection(name).listIndexes().toArray();
  const describe = (index: BSON.Document) =>
    `${index.name} ${JSON.stringify(index.key)} ${Boolean(index.unique)}`;
  const missing = wanted.map(describe).filter((index) => !found.map(describe).includes(index));
  if (missing.length > 0) throw new BackupFailure(`${name} did not get the index ${missing.join(", ")}`);
}
