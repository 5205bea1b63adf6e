import { join } from "node:path";
import { REPOSITORY } from "@mobile-ai-agent/local/repository";
import { execa } from "execa";

const OWN_INSTANCE = "test";

/** Which platform is tested: one that the tests make and remove, or one that runs already. */
export const INSTANCE = process.env.E2E_INSTANCE || OWN_INSTANCE;
export const IS_OURS = INSTANCE === OWN_INSTANCE;

/** Starts a command as `npm run` does, on the instance of the tests; a command of two words, like `audit verify`, too. */
export function command(name: string, args: readonly string[] = [], input = "") {
  const words = [...name.split(" "), "--instance", INSTANCE, ...args];
  return execa(process.execPath, [join(REPOSITORY, "local/main.ts"), ...words], {
    cwd: REPOSITORY,
    reject: false,
    all: true,
    input,
  });
}

/** @returns parsed objects of the platform's cluster, as kubectl gives them. */
export async function read(...args: string[]): Promise<unknown> {
  const { exitCode, all, stdout } = await command("kubectl", ["get", ...args, "-o", "json"]);
  if (exitCode !== 0) throw new Error(`kubectl get ${args.join(" ")}: ${all}`);
  return JSON.parse(stdout);
}
