import { mkdir, mkdtemp, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Db } from "mongodb";
import { type BackupFiles, writeCollection } from "./collection-files.ts";
import type { BackupContext } from "./context.ts";
import { BackupFailure } from "./failure.ts";
import { PARTIAL, stampOf } from "./folders.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { dumpOrder } from "./references.ts";
import { removeOld } from "./retention.ts";
import { verifyFiles } from "./verify.ts";

export interface BackupReport {
  readonly manifest: Manifest;
  /** Stamps of the backups that retention removed. */
  readonly removed: readonly string[];
}

/**
 * Makes a backup, reads it back, and only then gives it the name under which it counts; then removes old ones.
 *
 * @throws when anything fails; nothing is left that would count as a backup.
 */
export async function backUp(context: BackupContext): Promise<BackupReport> {
  const { client, database, directory, keys } = context;
  const created = context.now();
  const stamp = stampOf(created);
  const folder = await mkdtemp(join(directory, `${PARTIAL}${stamp}-`)).catch((cause) => {
    throw new BackupFailure(`BACKUP_DIR ${directory} can't be written to`, { cause });
  });
  try {
    const db = client.db(database);
    const files: BackupFiles = { folder, stamp, keys };
    const manifest: Manifest = {
      format_version: 1,
      stamp,
      created_at: created.toISOString(),
      ...(await dump(db, files)),
      completed_at: context.now().toISOString(),
      database,
      compression: "gzip",
      encryption: "AES-256-GCM",
      key_id: keys.id,
    };
    await writeManifest(folder, manifest, keys);
    await verifyFiles(files);
    await syncFolder(join(folder, encodeURIComponent(database)));
    await syncFolder(folder);
    await rename(folder, join(directory, stamp));
    await syncFolder(directory);
    return { manifest, removed: await removeOld(context) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function dump(db: Db, files: BackupFiles): Promise<Pick<Manifest, "collections">> {
  const found = await db.listCollections({}, { nameOnly: false }).toArray();
  const options = new Map(
    found
      .filter(({ name, type }) => (type ?? "collection") === "collection" && !name.startsWith("system."))
      .map((info) => [info.name, "options" in info ? (info.options ?? {}) : {}]),
  );
  if (options.size === 0) {
    throw new BackupFailure(`the database ${db.databaseName} has no collections: nothing to back up`);
  }
  await mkdir(join(files.folder, encodeURIComponent(db.databaseName)), { mode: 0o700 });
  const collections = [];
  for (const name of dumpOrder([...options.keys()])) {
    collections.push(await writeCollection(db, name, options.get(name) ?? {}, files));
  }
  return { collections };
}

/** A name is on disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
