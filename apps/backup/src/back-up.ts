import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Db } from "mongodb";
import { type BackupFiles, writeCollection } from "./collection-files.ts";
import type { BackupContext } from "./context.ts";
import { DATA_KEYS, writeKeysArchive } from "./data-keys.ts";
import { BackupFailure } from "./failure.ts";
import { PARTIAL, stampOf, syncFolder } from "./folders.ts";
import { type Manifest, writeManifest } from "./manifest.ts";
import { noteErasures } from "./note-erasures.ts";
import { dumpOrder } from "./references.ts";
import { removeOld } from "./retention.ts";
import { verifyFiles } from "./verify.ts";

export interface BackupReport {
  readonly manifest: Manifest;
  /** How many users' keys are in the archive beside the backups. */
  readonly dataKeys: number;
  /** How many users are gone from the archive with this run who waited for that. */
  readonly erasures: number;
  /** Stamps of the backups that retention removed. */
  readonly removed: readonly string[];
}

/**
 * Makes a backup, reads it back, and only then gives it the name under which it counts; then removes old ones. The
 * users' keys are not in it but in the one archive beside all backups, which is replaced: a key that was destroyed is then
 * gone, and with it what the older backups have of that user.
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
    // Read last, they are those of all contents read before; and no backup counts whose keys are not there.
    const dataKeys = (await writeKeysArchive(db, context)).count;
    await rename(folder, join(directory, stamp));
    await syncFolder(directory);
    const removed = await removeOld(context);
    const erasures = await noteErasures(db, context, { stamp, created });
    return { manifest, dataKeys, erasures, removed };
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
  options.delete(DATA_KEYS);
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
