import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The release of Pulumi's own plugin that this one stands in for; equals the npm package `@pulumi/kubernetes`. */
export const PLUGIN_VERSION = "4.34.2";

/**
 * Puts the plugin where the engine looks for `kubernetes` v{@link PLUGIN_VERSION}. Idempotent; safe while an engine runs.
 *
 * @param pulumiHome the engine's PULUMI_HOME; folders are made as needed.
 */
export async function installKubernetesPlugin(pulumiHome: string): Promise<void> {
  const folder = join(pulumiHome, "plugins", `resource-kubernetes-v${PLUGIN_VERSION}`);
  const executable = join(folder, "pulumi-resource-kubernetes");
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  const script = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(main)} "$@"\n`;
  if ((await readFile(executable, "utf8").catch(() => undefined)) === script) {
    await chmod(executable, 0o755);
    return;
  }
  await mkdir(folder, { recursive: true });
  const draft = `${executable}.${process.pid}`;
  await writeFile(draft, script, { mode: 0o755 });
  await chmod(draft, 0o755);
  await rename(draft, executable);
}

/** @returns the text as one word of a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
