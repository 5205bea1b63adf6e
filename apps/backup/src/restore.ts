import type { Db } from "mongodb";
import { dropAbandoned, scratchName } from "./abandoned.ts";
import { type BackupFiles, readDocuments, readMetadata } from "./collection-files.ts";
import { checkConsistency, type Orphans } from "./consistency.ts";
import type { BackupContext } from "./context.ts";
import { restoreKeys } from "./data-keys.ts";
import { eraseAgain } from "./erase-again.ts";
import { countErased, type Erased } from "./erased.ts";
import { BackupFailure } from "./failure.ts";
import { chooseBackup, stampOf } from "./folders.ts";
import { loadCollection } from "./load.ts";
import type { Manifest } from "./manifest.ts";
import { swapIn } from "./swap.ts";
import { sameContent } from "./tally.ts";
import { verifyFiles } from "./verify.ts";

export interface RestoreOptions {
  /** Stamp of the backup; without it, the newest usable one. */
  readonly at?: string | undefined;
  /** Replace the live database's collections. */
  readonly swap: boolean;
  /** Delete orphans before that. */
  readonly repair: boolean;
}

export interface RestoreReport {
  readonly manifest: Manifest;
  readonly orphans: readonly Orphans[];
  readonly erased: Erased;
  readonly swapped: boolean;
}

/**
 * Restores a backup into a scratch database with the newest archive of data keys, compares every collection with the
 * manifest, takes out who was erased since, looks for orphans and for contents whose key is gone, and with `swap` puts it in the live database's place. The scratch database goes in any case.
 *
 * @throws DamagedBackup before anything is written, when the backup is not authentic; BackupFailure when the scratch
 *   database differs, or has orphans or contents without a key that `swap` would bring back without `repair`.
 */
export async function restore(context: BackupContext, options: RestoreOptions): Promise<RestoreReport> {
  const { client, database, directory, keys } = context;
  const chosen = await chooseBackup(directory, keys, options.at);
  const { stamp } = chosen.manifest;
  const files: BackupFiles = { folder: chosen.folder, stamp, keys };
  const manifest = await verifyFiles(files);
  const run = stampOf(context.now());
  const scratch = client.db(scratchName(database, run));
  await dropAbandoned(client, database, context.now());
  try {
    await loadAll(scratch, manifest, files);
    await restoreKeys(scratch, client.db(database), { directory, keys });
    const erased = await countErased(scratch);
    await eraseAgain(scratch, client.db(database));
    const orphans = await checkConsistency(scratch, { repair: options.repair });
    if (options.swap) {
      if (orphans.length > 0 && !options.repair) {
        throw new BackupFailure(
          `not swapped: the backup has orphans (${describeOrphans(orphans)}); --repair leaves them out`,
        );
      }
      if (erased.lost > 0 && !options.repair) {
        throw new BackupFailure(
          `not swapped: ${erased.lost} documents have no data key, and none that was destroyed; bring back ` +
            "the archive of keys, or take them unreadable with --repair",
        );
      }
      await swapIn({ scratch, live: client.db(database), run });
    }
    return { manifest, orphans, erased, swapped: options.swap };
  } finally {
    await scratch.dropDatabase();
  }
}

export function describeOrphans(orphans: readonly Orphans[]): string {
  return orphans
    .map(({ count, from, field, to }) => `${count} ${from} whose ${field} is not in ${to}`)
    .join(", ");
}

async function loadAll(scratch: Db, manifest: Manifest, files: BackupFiles): Promise<void> {
  for (const entry of manifest.collections) {
    const metadata = await readMetadata(entry, files);
    const found = await readDocuments(entry, files, (documents) =>
      loadCollection(scratch, entry.name, metadata, documents),
    );
    if (!sameContent(found, entry)) {
      throw new BackupFailure(
        `collection ${entry.name} came back with ${found.count} documents and the hash ${found.content}, ` +
          `but the manifest says ${entry.count} and ${entry.content}`,
      );
    }
  }
}
