import { runBackupJob } from "../backup/run-job.ts";
import { resolveInstance } from "../instance.ts";
import { readRunningPlatform } from "../running-platform.ts";

interface RestoreOptions {
  readonly instance: string;
  /** Stamp of the backup; without it, the newest usable one. */
  readonly at?: string;
  readonly swap: boolean;
  readonly repair: boolean;
  readonly signal: AbortSignal;
}

/** Restores into a scratch database and checks it; replaces the live one with `swap` only. */
export async function restore({ instance, at, swap, repair, signal }: RestoreOptions): Promise<void> {
  const args = [
    "restore",
    ...(at ? ["--at", at] : []),
    ...(swap ? ["--swap"] : []),
    ...(repair ? ["--repair"] : []),
  ];
  await runBackupJob(await readRunningPlatform(resolveInstance(instance)), args, signal);
}
