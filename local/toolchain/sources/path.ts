import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";
import { execa } from "execa";
import type { Tool } from "../tools.ts";

/**
 * An executable that the machine has already, if it says that it is exactly the pinned version.
 *
 * @returns its absolute path, or undefined: another version is as good as none.
 */
export async function findInstalled(
  name: string,
  tool: Tool,
  options: { signal: AbortSignal; path?: string },
): Promise<string | undefined> {
  const { installed } = tool;
  if (!installed) return undefined;
  for (const candidate of await executables(name, options.path)) {
    const { all } = await execa(candidate, installed.args, {
      all: true,
      reject: false,
      stdin: "ignore",
      timeout: 10_000,
      cancelSignal: options.signal,
      env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    });
    options.signal.throwIfAborted();
    if (installed.matches.test(all ?? "")) return candidate;
  }
  return undefined;
}

/** @returns the executables of that name on PATH, in its order. */
export async function executables(name: string, path: string = process.env.PATH ?? ""): Promise<string[]> {
  const candidates = path
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, name));
  const found = await Promise.all(
    candidates.map(async (candidate) => {
      try {
        await access(candidate, constants.X_OK);
        return (await stat(candidate)).isFile();
      } catch {
        return false;
      }
    }),
  );
  return candidates.filter((_, index) => found[index]);
}
