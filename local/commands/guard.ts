import { join } from "node:path";
import { execa } from "execa";
import { REPOSITORY } from "../repository.ts";
import { CommandFailure } from "../ui/failure.ts";

/** Prints how well the guard tells attacks from look-alikes, and in what time. @throws CommandFailure when it can't be measured */
export async function guard({ signal }: { signal: AbortSignal }): Promise<void> {
  const { exitCode } = await execa(
    process.execPath,
    [join(REPOSITORY, "packages/guard/src/corpus/main.ts")],
    { cwd: REPOSITORY, stdio: "inherit", reject: false, cancelSignal: signal },
  );
  signal.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailure("the guard could not be measured; see above");
}
