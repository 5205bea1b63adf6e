import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { EnginePaths } from "./workspace.ts";

/**
 * Puts what runs policy packs on the engine's PATH: without a language host it starts this executable with its own
 * address and the pack's folder, and reads the port of the analyzer from its output. Pulumi's own runner
 * (`cmd/run-policy-pack`) compiles with ts-node, which knows no TypeScript 7; Node runs the sources as they are.
 */
export async function installPolicyRunner(paths: EnginePaths): Promise<void> {
  const node = `'${process.execPath.replaceAll("'", `'\\''`)}'`;
  const script = `#!/bin/sh\ncd "$2" && exec ${node} index.ts "$@"\n`;
  await writeFile(join(paths.engine, "bin", "pulumi-analyzer-policy-nodejs"), script, { mode: 0o700 });
}
