import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import { BackupFailure, describe } from "./failure.ts";
import type { BackupKeys } from "./keys.ts";
import { type Manifest, readManifest } from "./manifest.ts";

/** Folders under another name don't count as backups. */
const STAMP = /^\d{8}T\d{6}Z$/;
export const PARTIAL = ".partial-";

/** @returns `20260131T235959Z`, the UTC time to the second. */
export function stampOf(date: Date): string {
  return date.toISOString().replace(/\.\d+/, "").replace(/[-:]/g, "");
}

export function dateOf(stamp: string): Date {
  return new Date(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
}

export interface ListedBackup {
  readonly stamp: string;
  readonly folder: string;
  /** Absent when it must not be used. */
  readonly manifest?: Manifest;
  readonly problem?: string;
}

/** @returns the backups, the newest first, judged by manifest and sizes; `verify` reads everything. */
export async function listBackups(directory: string, keys: BackupKeys): Promise<ListedBackup[]> {
  const names = await readdir(directory).catch((cause) => {
    throw new BackupFailure(`BACKUP_DIR ${directory} can't be read`, { cause });
  });
  const stamps = names
    .filter((name) => STAMP.test(name))
    .sort()
    .reverse();
  return Promise.all(
    stamps.map(async (stamp) => {
      const folder = join(directory, stamp);
      return readManifest(folder, keys).then(
        (manifest) => ({ stamp, folder, manifest }),
        (error) => ({ stamp, folder, problem: describe(error) }),
      );
    }),
  );
}

/**
 * @param at a stamp; without it, the newest backup that can be used
 * @throws BackupFailure when there is none.
 */
export async function chooseBackup(
  directory: string,
  keys: BackupKeys,
  at?: string,
): Promise<{ folder: string; manifest: Manifest }> {
  const backups = await listBackups(directory, keys);
  const chosen = at ? backups.find(({ stamp }) => stamp === at) : backups.find(({ manifest }) => manifest);
  if (chosen?.manifest) return { folder: chosen.folder, manifest: chosen.manifest };
  if (chosen) throw new BackupFailure(`the backup ${at} can't be used`, { cause: new Error(chosen.problem) });
  const known = backups.map(({ stamp, problem }) => (problem ? `${stamp} (${problem})` : stamp));
  throw new BackupFailure(
    `there is no ${at ? `backup ${at}` : "usable backup"} in ${directory}; there are: ${known.join(", ") || "none"}`,
  );
}

/** A name is on disk when its folder is. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
