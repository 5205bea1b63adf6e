import { runBackupJob } from "../backup/run-job.ts";
import { resolveInstance } from "../instance.ts";
import { readRunningPlatform } from "../running-platform.ts";

/** Backs up, restores into a scratch database, compares; prints recovery point and recovery time. */
export async function drill(options: {
  instance: string;
  json: boolean;
  signal: AbortSignal;
}): Promise<void> {
  const platform = await readRunningPlatform(resolveInstance(options.instance));
  await runBackupJob(platform, ["drill", ...(options.json ? ["--json"] : [])], options.signal);
}
