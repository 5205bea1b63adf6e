import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Instance } from "./instance.ts";
import { isAlive, processIdentity } from "./process-identity.ts";
import { CommandFailure } from "./ui/failure.ts";

/** Lies beside the state folder, which `down` removes. */
export const lockFile = (instance: Instance): string => `${instance.stateDir}.lock`;

/**
 * Runs `work` while no other command of the same instance can change it. A lock whose owner is dead is taken over.
 *
 * @throws CommandFailure when a living process holds the lock, naming it.
 */
export async function withLock<T>(file: string, command: string, work: () => Promise<T>): Promise<T> {
  await acquire(file, command);
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function acquire(file: string, command: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const content = JSON.stringify({ command, ...processIdentity(process.pid) });
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      await writeFile(file, content, { flag: "wx", mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = JSON.parse((await readFile(file, "utf8").catch(() => "")) || "null");
    if (holder && isAlive(holder)) {
      throw new CommandFailure(
        `\`${holder.command}\` is running (process ${holder.pid}): wait for it or stop it`,
      );
    }
    await rm(file, { force: true });
  }
  throw new CommandFailure(`another command took ${file} at the same moment: try again`);
}
