import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { cacheDir } from "../instance.ts";
import { REPOSITORY } from "../repository.ts";
import { prepareTestMachine } from "../testing/machine.ts";
import { requireWholeNumbers } from "../testing/whole-number.ts";
import { CommandFailure } from "../ui/failure.ts";

/**
 * Lets devices chat while their connections are cut and the services' processes are killed, all on this machine.
 *
 * @throws CommandFailure when a message or a token was lost, doubled or out of order
 */
export async function chaos(options: {
  clients: string;
  messages: string;
  rate: string;
  signal: AbortSignal;
}): Promise<void> {
  const { clients, messages, rate, signal } = options;
  requireWholeNumbers({ clients, messages, rate });
  const logDir = join(cacheDir(), "logs");
  await mkdir(logDir, { recursive: true });
  const machine = await prepareTestMachine(["integration"], { logFile: join(logDir, "chaos.log"), signal });
  const reason = machine.cannotRun.integration;
  if (reason) throw new CommandFailure(`this machine can't run the services: ${reason}`);
  const { exitCode } = await execa(
    process.execPath,
    [
      join(REPOSITORY, "tests/chaos/main.ts"),
      ...["--clients", clients, "--messages", messages, "--rate", rate],
    ],
    { cwd: REPOSITORY, stdio: "inherit", reject: false, env: machine.env, cancelSignal: signal },
  );
  signal.throwIfAborted();
  if (exitCode !== 0) throw new CommandFailure("the conversations are not as they should be; see above");
}
