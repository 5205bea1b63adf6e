import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Puts a plugin that Node runs where the engine looks for it. Idempotent; safe while an engine runs.
 *
 * @param plugin.main path of the module that serves it
 */
export async function installPlugin(
  pulumiHome: string,
  plugin: { readonly name: string; readonly version: string; readonly main: string },
): Promise<void> {
  const folder = join(pulumiHome, "plugins", `resource-${plugin.name}-v${plugin.version}`);
  const executable = join(folder, `pulumi-resource-${plugin.name}`);
  const script = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(plugin.main)} "$@"\n`;
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
