import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A real process of the service. @returns kills it */
export function forkOrchestrator(env: Record<string, string>): () => Promise<void> {
  const child = fork(join(import.meta.dirname, "..", "main.ts"), { env, stdio: "ignore" });
  return async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
}
