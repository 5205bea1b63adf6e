import { join } from "node:path";
import { execa } from "execa";
import { REPOSITORY } from "../repository.ts";
import { CommandFailure } from "../ui/failure.ts";

/** Runs the benchmarks of `benchmarks/` and prints their figures. @throws CommandFailure when one fails */
export async function bench(options: { seconds: string; signal: AbortSignal }): Promise<void> {
  const { exitCode } = await execa(
    process.execPath,
    [join(REPOSITORY, "benchmarks/main.ts"), "--seconds", options.seconds],
    { cwd: REPOSITORY, stdio: "inherit", reject: false, cancelSignal: options.signal },
  );
  options.signal.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailure("a benchmark failed; see above");
}
