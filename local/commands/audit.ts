import { join } from "node:path";
import { execa } from "execa";
import { resolveInstance } from "../instance.ts";
import { REPOSITORY } from "../repository.ts";
import { runInPod } from "../run-in-pod.ts";
import { readRunningPlatform } from "../running-platform.ts";
import { CommandFailure } from "../ui/failure.ts";

/** The one that has both the database and the keys, besides those that are busy. */
const POD = "deployment/auth-service";
const FILE_CHECKER = join(REPOSITORY, "packages/audit-log/src/main.ts");

interface VerifyOptions {
  readonly instance: string;
  /** An exported log, which is checked here and without a platform. */
  readonly file?: string;
  /** Ids of the keys that may have signed the file. */
  readonly key?: readonly string[];
  readonly anchor?: string;
  readonly signal: AbortSignal;
}

/** Checks the audit log, in a pod of auth-service or of a file. @throws CommandFailure when it was changed */
export async function verify({ instance, file, key = [], anchor, signal }: VerifyOptions): Promise<void> {
  const anchored = anchor === undefined ? [] : ["--anchor", anchor];
  if (file === undefined) {
    const platform = await readRunningPlatform(resolveInstance(instance));
    const exitCode = await runInPod(platform, POD, ["audit", "verify", ...anchored], signal);
    return judge(exitCode);
  }
  const keys = key.flatMap((id) => ["--key", id]);
  const args = [FILE_CHECKER, file, ...keys, ...anchored];
  const result = await execa(process.execPath, args, {
    stdio: "inherit",
    reject: false,
    cancelSignal: signal,
  });
  signal.throwIfAborted();
  judge(result.exitCode);
}

function judge(exitCode: number | undefined): void {
  if (exitCode === 0) return;
  if (exitCode === 1)
    throw new CommandFailure("the audit log is not as it was written: docs/runbooks/audit.md");
  throw new CommandFailure("the audit log could not be read; see above", { exitCode: exitCode ?? 1 });
}

interface ExportOptions {
  readonly instance: string;
  readonly since?: string;
  readonly until?: string;
  readonly action?: string;
  readonly signal: AbortSignal;
}

/** Writes the audit log, or a selection, to standard output as JSON Lines. */
export async function exportLog({ instance, signal, ...selection }: ExportOptions): Promise<void> {
  const platform = await readRunningPlatform(resolveInstance(instance));
  const args = (["since", "until", "action"] as const).flatMap((name) => {
    const value = selection[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  const exitCode = await runInPod(platform, POD, ["audit", "export", ...args], signal);
  if (exitCode !== 0) throw new CommandFailure("the audit log could not be exported; see above");
}
