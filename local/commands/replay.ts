import { join } from "node:path";
import { execa } from "execa";
import { resolveInstance } from "../instance.ts";
import { REPOSITORY } from "../repository.ts";
import { runInPod } from "../run-in-pod.ts";
import { readRunningPlatform } from "../running-platform.ts";
import { CommandFailure } from "../ui/failure.ts";

const PROGRAM = join(REPOSITORY, "apps/agent-orchestrator/src/main.ts");

interface ReplayOptions {
  readonly instance: string;
  readonly runId?: string;
  /** An exported record, which is replayed here, by the agent of this repository, and without a platform. */
  readonly file?: string;
  /** Writes the record to standard output instead. */
  readonly export?: boolean;
  /** Ids of the audit keys that may have signed for the file. */
  readonly key?: readonly string[];
  readonly signal: AbortSignal;
}

/** Replays a run from its record, with the deployed agent or of a file. @throws CommandFailure when it differs */
export async function replay(options: ReplayOptions): Promise<void> {
  const { runId, file, key = [], instance, signal } = options;
  if ((runId === undefined) === (file === undefined)) {
    throw new CommandFailure("name a run, or a file with --file, and not both", { exitCode: 2 });
  }
  const exitCode =
    file === undefined
      ? await runInPod(
          await readRunningPlatform(resolveInstance(instance)),
          "deployment/agent-orchestrator",
          ["replay", runId ?? "", ...(options.export ? ["--export"] : [])],
          signal,
        )
      : await replayHere(["--file", file, ...key.flatMap((id) => ["--key", id])], signal);
  if (exitCode === 1)
    throw new CommandFailure("the run is not what its record says, or the record was changed");
  if (exitCode !== 0) throw new CommandFailure("the run could not be replayed; see above", { exitCode });
}

async function replayHere(args: readonly string[], signal: AbortSignal): Promise<number> {
  const { exitCode } = await execa(process.execPath, [PROGRAM, "replay", ...args], {
    ...{ stdio: "inherit", reject: false, cancelSignal: signal },
  });
  signal.throwIfAborted();
  return exitCode ?? 1;
}
