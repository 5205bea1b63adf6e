import { stat } from "node:fs/promises";
import { join } from "node:path";
import { BSON, type Db } from "mongodb";
import { z } from "zod";
import { rawDocuments, splitDocuments } from "./documents.ts";
import type { BackupKeys } from "./keys.ts";
import type { CollectionEntry } from "./manifest.ts";
import { readSealed, writeSealed } from "./sealed-file.ts";
import { createTally, type Tally, tallyOf } from "./tally.ts";

/** A backup on disk, also one that is being written. */
export interface BackupFiles {
  readonly folder: string;
  readonly stamp: string;
  readonly keys: BackupKeys;
}

/** mongodump's `<collection>.metadata.json`, as far as a restore needs it. */
const Metadata = z.object({
  options: z.record(z.string(), z.unknown()),
  indexes: z.array(z.looseObject({ name: z.string(), key: z.record(z.string(), z.unknown()) })),
  collectionName: z.string(),
});
export type Metadata = z.infer<typeof Metadata>;

/** Writes a collection as `<database>/<collection>.bson` and `.metadata.json`, gzipped and encrypted. */
export async function writeCollection(
  db: Db,
  name: string,
  options: BSON.Document,
  files: BackupFiles,
): Promise<CollectionEntry> {
  const base = `${encodeURIComponent(db.databaseName)}/${encodeURIComponent(name)}`;
  const documents = `${base}.bson.gz.enc`;
  const metadata = `${base}.metadata.json.gz.enc`;
  const indexes = await db.collection(name).listIndexes().toArray();
  const tally = createTally();
  const counted = async function* () {
    for await (const document of rawDocuments(db, name)) {
      tally.add(document);
      yield document;
    }
  };
  await writeSealed(sealOf(documents, files), counted());
  const text = BSON.EJSON.stringify(
    { options, indexes, collectionName: name, type: "collection" },
    { relaxed: false },
  );
  await writeSealed(sealOf(metadata, files), [Buffer.from(text)]);
  return {
    name,
    ...tally.result(),
    documents: { file: documents, size: await sizeOf(documents, files) },
    metadata: { file: metadata, size: await sizeOf(metadata, files) },
  };
}

/** @throws DamagedBackup when either file was changed. @returns what the documents come to. */
export async function checkCollection(entry: CollectionEntry, files: BackupFiles): Promise<Tally> {
  await readMetadata(entry, files);
  return readSealed(sealOf(entry.documents.file, files), (plain) => tallyOf(splitDocuments(plain)));
}

/** Gives the documents to `sink` before the end of the file is authenticated: `checkCollection` comes first. */
export function readDocuments<T>(
  entry: CollectionEntry,
  files: BackupFiles,
  sink: (documents: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  return readSealed(sealOf(entry.documents.file, files), (plain) => sink(splitDocuments(plain)));
}

export async function readMetadata(entry: CollectionEntry, files: BackupFiles): Promise<Metadata> {
  const text = await readSealed(sealOf(entry.metadata.file, files), async (plain) => {
    const chunks: Buffer[] = [];
    for await (const chunk of plain) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  });
  return Metadata.parse(BSON.EJSON.parse(text, { relaxed: true }));
}

function sealOf(file: string, { folder, stamp, keys }: BackupFiles) {
  return { path: join(folder, file), key: keys.files, identity: `mobile-ai-agent/backup/1/${stamp}/${file}` };
}

async function sizeOf(file: string, { folder }: BackupFiles): Promise<number> {
  return (await stat(join(folder, file))).size;
}
