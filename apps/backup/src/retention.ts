import { readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { ABANDONED_MS } from "./abandoned.ts";
import type { BackupContext } from "./context.ts";
import { dateOf, listBackups, PARTIAL } from "./folders.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Removes backups older than the retention, and what interrupted runs left. The newest usable backup stays, however
 * old it is.
 *
 * @returns the stamps of the removed backups.
 */
export async function removeOld(
  context: Pick<BackupContext, "directory" | "keys" | "retentionDays" | "now">,
): Promise<string[]> {
  const { directory, keys, retentionDays, now } = context;
  const backups = await listBackups(directory, keys);
  const newest = backups.find(({ manifest }) => manifest);
  const limit = now().getTime() - retentionDays * DAY_MS;
  const old = newest
    ? backups.filter(({ stamp }) => stamp !== newest.stamp && dateOf(stamp).getTime() < limit)
    : [];
  for (const { stamp, folder } of old) {
    // A removal that is interrupted must not leave half a backup under its name.
    const doomed = join(directory, `${PARTIAL}${stamp}-removed`);
    await rename(folder, doomed);
    await rm(doomed, { recursive: true });
  }
  await removeAbandoned(directory, now());
  return old.map(({ stamp }) => stamp);
}

async function removeAbandoned(directory: string, now: Date): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(PARTIAL));
  for (const path of names.map((name) => join(directory, name))) {
    const found = await stat(path).catch(() => undefined);
    if (found && found.mtimeMs < now.getTime() - ABANDONED_MS)
      await rm(path, { recursive: true, force: true });
  }
}
