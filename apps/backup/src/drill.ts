import { backUp } from "./back-up.ts";
import type { Orphans } from "./consistency.ts";
import type { BackupContext } from "./context.ts";
import { BackupFailure } from "./failure.ts";
import { listBackups } from "./folders.ts";
import { restore } from "./restore.ts";

export interface DrillReport {
  /** Stamp of the backup that the drill made and restored. */
  readonly backup: string;
  /** Age of the newest usable backup before the drill: what a loss at that moment would have cost. null: there was none. */
  readonly recovery_point_seconds: number | null;
  /** From the choice of the backup to a restored and compared database. */
  readonly recovery_time_seconds: number;
  readonly backup_seconds: number;
  readonly collections: number;
  readonly documents: number;
  readonly bytes: number;
  readonly orphans: readonly Orphans[];
  /** Documents of users whose key was destroyed: nobody can read them any more, as it should be. */
  readonly erased: number;
}

/** Backs up, restores into a scratch database, compares, and removes that: measures what a loss would cost. */
export async function drill(context: BackupContext): Promise<DrillReport> {
  const before = (await listBackups(context.directory, context.keys)).find(({ manifest }) => manifest);
  const started = context.now().getTime();
  const { manifest } = await backUp(context);
  const backedUp = context.now().getTime();
  const { orphans, erased } = await restore(context, { at: manifest.stamp, swap: false, repair: false });
  const restored = context.now().getTime();
  if (erased.lost > 0) {
    throw new BackupFailure(`${erased.lost} restored documents have no data key: nobody could read them`);
  }
  const sum = (fact: "count" | "bytes") =>
    manifest.collections.reduce((total, collection) => total + collection[fact], 0);
  return {
    backup: manifest.stamp,
    recovery_point_seconds: before?.manifest
      ? (started - Date.parse(before.manifest.created_at)) / 1000
      : null,
    recovery_time_seconds: (restored - backedUp) / 1000,
    backup_seconds: (backedUp - started) / 1000,
    collections: manifest.collections.length,
    documents: sum("count"),
    bytes: sum("bytes"),
    orphans,
    erased: erased.documents,
  };
}
