import { runBackupJob } from "../backup/run-job.ts";
import { resolveInstance } from "../instance.ts";
import { readRunningPlatform } from "../running-platform.ts";

interface BackupOptions {
  readonly instance: string;
  readonly verify: boolean;
  readonly signal: AbortSignal;
}

/** Makes a backup now, or with `verify` reads those that there are. */
export async function backup({ instance, verify, signal }: BackupOptions): Promise<void> {
  await runBackupJob(
    await readRunningPlatform(resolveInstance(instance)),
    [verify ? "verify" : "backup"],
    signal,
  );
}
