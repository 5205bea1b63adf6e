import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { Platform } from "../platform.ts";
import { CommandFailure } from "../ui/failure.ts";
import { endOf, jobFrom, type Pod, waitingReason } from "./job.ts";

const CRON_JOB = "backup";
const START_LIMIT_MS = 3 * 60_000;
const POLL_MS = 500;

/**
 * Runs the backup program in the cluster, as its CronJob does but with other arguments; its output goes to ours. The
 * Job is removed afterwards.
 *
 * @throws CommandFailure with the program's exit status, when it does not start or fails.
 */
export async function runBackupJob(
  platform: Platform,
  args: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const access = [...(platform.context ? ["--context", platform.context] : []), "-n", platform.namespace];
  const env = { KUBECONFIG: platform.kubeconfig };
  const kubectl = (...command: string[]) =>
    execa(platform.kubectl, [...access, ...command], { env, cancelSignal: signal });

  const cronJob = await kubectl("get", "cronjob", CRON_JOB, "-o", "json").catch((cause) => {
    throw new CommandFailure("the platform has no backups: `npm run up` deploys them", {
      exitCode: 3,
      cause,
    });
  });
  const name = `${CRON_JOB}-${args[0]}-${Date.now().toString(36)}`;
  const input = JSON.stringify(jobFrom(JSON.parse(cronJob.stdout), name, args));
  try {
    await execa(platform.kubectl, [...access, "create", "-f", "-"], { env, cancelSignal: signal, input });
    const readPod = async (): Promise<Pod | undefined> => {
      const { stdout } = await kubectl(
        "get",
        "pods",
        "-l",
        `batch.kubernetes.io/job-name=${name}`,
        "-o",
        "json",
      );
      return JSON.parse(stdout).items[0];
    };
    await awaitStart(readPod, signal);
    await execa(platform.kubectl, [...access, "logs", "-f", `job/${name}`], {
      env,
      cancelSignal: signal,
      stdio: ["ignore", "inherit", "inherit"],
    });
    const end = await awaitEnd(readPod, signal);
    if (end.exitCode !== 0) {
      throw new CommandFailure(
        `${args[0]} failed in the cluster with exit status ${end.exitCode} (${end.reason})`,
        {
          exitCode: end.exitCode,
        },
      );
    }
  } finally {
    // Also after Ctrl-C, which has aborted the signal.
    await execa(platform.kubectl, [...access, "delete", "job", name, "--ignore-not-found", "--wait=false"], {
      env,
      reject: false,
    });
  }
}

async function awaitStart(readPod: () => Promise<Pod | undefined>, signal: AbortSignal): Promise<void> {
  for (const end = Date.now() + START_LIMIT_MS; ; await sleep(POLL_MS, undefined, { signal })) {
    const reason = waitingReason(await readPod());
    if (reason === undefined) return;
    if (Date.now() > end) {
      throw new CommandFailure(
        `the backup's pod did not start within ${START_LIMIT_MS / 60_000} minutes: ${reason}`,
      );
    }
  }
}

/** The status comes a moment after the end of the log; the Job's own deadline limits the rest. */
async function awaitEnd(readPod: () => Promise<Pod | undefined>, signal: AbortSignal) {
  for (; ; await sleep(POLL_MS, undefined, { signal })) {
    const pod = await readPod();
    if (!pod) throw new CommandFailure("the backup's pod is gone: it took too long, or somebody removed it");
    const end = endOf(pod);
    if (end) return end;
  }
}
