import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheDir } from "../instance.ts";
import { REPOSITORY } from "../repository.ts";
import { prepareTestMachine } from "../testing/machine.ts";
import { requireWholeNumbers } from "../testing/whole-number.ts";
import { ensureSchemathesis } from "../toolchain/schemathesis.ts";
import { CommandFailure } from "../ui/failure.ts";
import { runSteps } from "../ui/steps.ts";

/**
 * Sends requests that Schemathesis makes from the API's document to the services, on real databases of this machine.
 *
 * @throws CommandFailure when an answer is not as it is described, or is a fault of ours
 */
export async function fuzz(options: { requests: string; seed: string; signal: AbortSignal }): Promise<void> {
  const { requests, seed, signal } = options;
  requireWholeNumbers({ requests, seed });
  const logDir = join(cacheDir(), "logs");
  await mkdir(logDir, { recursive: true });
  const log = { logFile: join(logDir, "fuzz.log"), signal };
  const machine = await prepareTestMachine(["integration"], log);
  const reason = machine.cannotRun.integration;
  if (reason) throw new CommandFailure(`this machine can't run the services: ${reason}`);
  let program = "";
  const install = async (ctx: Parameters<typeof ensureSchemathesis>[0]) => {
    program = await ensureSchemathesis(ctx);
    return program;
  };
  await runSteps([{ title: "Schemathesis", run: install }], log);
  const { exitCode } = await execa(
    process.execPath,
    [join(REPOSITORY, "tests/security/schemathesis/main.ts"), "--requests", requests, "--seed", seed],
    {
      ...{ cwd: REPOSITORY, stdio: "inherit", reject: false, cancelSignal: signal },
      env: { ...machine.env, SCHEMATHESIS: program },
    },
  );
  signal.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailure("answers are not as the API's document says; see above");
}
