import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { BSON, type Db } from "mongodb";
import type { BackupContext } from "./context.ts";
import { rawDocuments, splitDocuments } from "./documents.ts";
import { exactDocument } from "./exact-document.ts";
import { BackupFailure, DamagedBackup } from "./failure.ts";
import { PARTIAL, syncFolder } from "./folders.ts";
import { loadCollection } from "./load.ts";
import { readSealed, writeSealed } from "./sealed-file.ts";
import { createTally, sameContent, type Tally, tallyOf } from "./tally.ts";

/** The users' keys, wrapped by a master key; with a note, `destroyed:<user>`, for each that was destroyed. */
export const DATA_KEYS = "data_keys";
/** One archive beside the dated backups, the newest only: what is destroyed is then gone from it. */
export const KEYS_ARCHIVE = "data-keys.bson.gz.enc";

const BATCH = 500;

interface KeyDocument {
  readonly _id: string;
  readonly data_key_id?: string;
  readonly destroyed_at?: Date;
}

type ArchiveContext = Pick<BackupContext, "directory" | "keys">;

/**
 * Replaces the archive by one with the database's keys. A key leaves it only when it was destroyed: one that the database
 * has lost stays, since the dated backups need it.
 *
 * @throws BackupFailure when a user has another key than before; DamagedBackup when the archive before can't be read
 */
export async function writeKeysArchive(db: Db, context: ArchiveContext): Promise<Tally> {
  const { directory } = context;
  await verifyKeysArchive(context);
  const folder = await mkdtemp(join(directory, `${PARTIAL}keys-`));
  const path = join(folder, KEYS_ARCHIVE);
  try {
    const tally = createTally();
    await readArchive(context, (before) =>
      writeSealed(sealOf(path, context), counted(merged(db, before), tally)),
    );
    const found = await readSealed(sealOf(path, context), (plain) => tallyOf(splitDocuments(plain)));
    if (!sameContent(found, tally.result())) {
      throw new BackupFailure("the archive of data keys was not read back as it was written");
    }
    await rename(path, join(directory, KEYS_ARCHIVE));
    await syncFolder(directory);
    return found;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns what the archive comes to; nothing when there is none yet. @throws DamagedBackup that says what to do */
export function verifyKeysArchive(context: ArchiveContext): Promise<Tally> {
  return readArchive(context, tallyOf);
}

/**
 * Loads the archive's keys into a restored database, and adds what the live one knows since: new keys, newer wrappings,
 * and which keys were destroyed. Where the two have different keys of one user, the archive's is the backups'.
 */
export async function restoreKeys(scratch: Db, live: Db, context: ArchiveContext): Promise<void> {
  if ((await verifyKeysArchive(context)).count > 0) {
    await readArchive(context, (documents) =>
      loadCollection(scratch, DATA_KEYS, { options: {}, indexes: [] }, documents),
    );
  }
  const restored = scratch.collection<KeyDocument>(DATA_KEYS);
  for await (const batch of batchesOf(rawDocuments(live, DATA_KEYS))) {
    const known = await keysAndNotes(scratch, batch);
    for (const { raw, document } of batch) {
      const { _id, destroyed_at, data_key_id } = document;
      if (destroyed_at === undefined && known.has(noteOf(_id))) continue;
      if (destroyed_at !== undefined) await restored.deleteOne({ _id: ownerOf(_id) });
      const same = known.get(_id)?.data_key_id === data_key_id;
      if (known.has(_id) && !same) continue;
      if (known.has(_id)) await restored.deleteOne({ _id });
      await scratch.command({ insert: DATA_KEYS, documents: [exactDocument(raw)] });
    }
  }
}

/**
 * Of users, those whose key is in the archive as destroyed, and in no other way: no copy of it is left.
 *
 * @throws DamagedBackup
 */
export function destroyedIn(context: ArchiveContext, userIds: ReadonlySet<string>): Promise<Set<string>> {
  return readArchive(context, async (documents) => {
    const present = new Set<string>();
    for await (const batch of batchesOf(documents)) {
      for (const { document } of batch) present.add(document._id);
    }
    return new Set([...userIds].filter((id) => present.has(noteOf(id)) && !present.has(id)));
  });
}

/** Users whose key was destroyed, as a database knows. */
export async function* destroyedOwners(db: Db): AsyncGenerator<string> {
  const notes = db
    .collection<KeyDocument>(DATA_KEYS)
    .find({ destroyed_at: { $exists: true } }, { projection: { _id: 1 } });
  for await (const { _id } of notes) yield ownerOf(_id);
}

/** The live keys, then those of the archive that the database has lost. */
async function* merged(db: Db, before: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* rawDocuments(db, DATA_KEYS);
  for await (const batch of batchesOf(before)) {
    const live = await keysAndNotes(db, batch);
    for (const { raw, document } of batch) {
      const { _id, data_key_id } = document;
      const now = live.get(_id);
      if (now !== undefined && now.data_key_id !== data_key_id) {
        throw new BackupFailure(
          `user ${_id} has another data key than in ${KEYS_ARCHIVE}: the database has lost its keys, and what was said ` +
            "before can't be opened; restore them (docs/runbooks/backup-and-restore.md)",
        );
      }
      if (now === undefined && !live.has(noteOf(_id))) yield raw;
    }
  }
}

/** Those of the batch that a database has, and the notes of those that were destroyed there. */
async function keysAndNotes(db: Db, batch: readonly Parsed[]): Promise<Map<string, KeyDocument>> {
  const ids = batch.flatMap(({ document: { _id } }) => [_id, noteOf(_id)]);
  const found = await db
    .collection<KeyDocument>(DATA_KEYS)
    .find({ _id: { $in: ids } })
    .toArray();
  return new Map(found.map((document) => [document._id, document]));
}

interface Parsed {
  readonly raw: Buffer;
  readonly document: KeyDocument;
}

async function* batchesOf(documents: AsyncIterable<Buffer>): AsyncGenerator<Parsed[]> {
  let batch: Parsed[] = [];
  for await (const raw of documents) {
    batch.push({ raw, document: BSON.deserialize(raw) as KeyDocument });
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}

async function* counted(documents: AsyncIterable<Buffer>, tally: ReturnType<typeof createTally>) {
  for await (const document of documents) {
    tally.add(document);
    yield document;
  }
}

/** Gives `sink` nothing when there is no archive yet. */
async function readArchive<T>(
  context: ArchiveContext,
  sink: (documents: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  const path = join(context.directory, KEYS_ARCHIVE);
  if (!existsSync(path)) return await sink(Readable.from([]));
  try {
    return await readSealed(sealOf(path, context), (plain) => sink(splitDocuments(plain)));
  } catch (error) {
    if (!(error instanceof DamagedBackup)) throw error;
    throw new DamagedBackup(
      "the archive of data keys can't be read, without which no backup's contents can be opened: bring back a copy, or, " +
        "where ENCRYPTION_KEY was changed on purpose, move it away with the backups of the key before",
      { cause: error },
    );
  }
}

function sealOf(path: string, { keys }: ArchiveContext) {
  return { path, key: keys.files, identity: "mobile-ai-agent/backup/1/data-keys" };
}

const NOTE = "destroyed:";
export const noteOf = (userId: string) => `${NOTE}${userId}`;
const ownerOf = (note: string) => note.slice(NOTE.length);
