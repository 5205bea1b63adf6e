import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { execa } from "execa";
import type { StepContext } from "../progress.ts";
import { REPOSITORY } from "../repository.ts";
import { CommandFailure, lastLines } from "../ui/failure.ts";
import { compressFiles } from "./compress-files.ts";
import { contentTag, type FileHashes } from "./file-hashes.ts";

const APP = join(REPOSITORY, "mobile");
/** What the app is made of besides its own folder. */
const SHARED = [join(REPOSITORY, "packages/contracts/src"), join(REPOSITORY, "package-lock.json")];
const MADE = new Set(["node_modules", "dist", ".expo", "android", "ios", "coverage"]);
/** Exports that stay: the current one and the one before. */
const KEPT = 2;

export interface WebExport {
  /** Over the app's sources and the versions of what it uses. */
  readonly hash: string;
  /** The build, with compressed copies beside its files. */
  readonly folder: string;
}

/**
 * Exports the app for browsers, or finds the export of the same sources in the cache.
 *
 * @param cache folder of images and what goes into them
 */
export async function exportWebApp(
  cache: string,
  { hashes, ctx }: { hashes: FileHashes; ctx: StepContext },
): Promise<WebExport> {
  const hash = await hashSources([APP, ...SHARED], hashes);
  const folder = join(cache, `web-${hash}`);
  if (await exists(folder)) return { hash, folder };
  const temporary = join(cache, `web-${process.pid}.new`);
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  try {
    await runExpo(temporary, ctx);
    ctx.report("compressing the app's files");
    await compressFiles(temporary);
    await rename(temporary, folder);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  await removeOld(cache);
  return { hash, folder };
}

/** @returns a hash over the names and contents of all sources below the roots, without tests and what was made. */
export async function hashSources(roots: readonly string[], hashes: FileHashes): Promise<string> {
  const files = (await Promise.all(roots.map(sourcesOf))).flat().sort();
  return contentTag(
    await Promise.all(files.map(async (file) => `${relative(REPOSITORY, file)} ${await hashes.hash(file)}`)),
  );
}

async function sourcesOf(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { withFileTypes: true });
  const sources = entries.filter(({ name }) => !MADE.has(name) && !/\.test\.tsx?$/.test(name));
  return (await Promise.all(sources.map(({ name }) => sourcesOf(join(path, name))))).flat();
}

async function runExpo(output: string, ctx: StepContext): Promise<void> {
  ctx.report("exporting the app for browsers");
  const expo = createRequire(join(APP, "package.json")).resolve("expo/bin/cli");
  const child = execa(process.execPath, [expo, "export", "--platform", "web", "--output-dir", output], {
    cwd: APP,
    all: true,
    stdin: "ignore",
    cancelSignal: ctx.signal,
    env: {
      ...{ CI: "1", NODE_ENV: "production", EXPO_NO_TELEMETRY: "1", EXPO_OFFLINE: "1" },
      // For builds of devices; what the hash doesn't know must not come in.
      ...{ APP_API_URL: undefined, APP_PUBLIC_KEY_PINS: undefined },
    },
  });
  await child.catch((error: { all?: string; shortMessage: string }) => {
    ctx.signal.throwIfAborted();
    throw new CommandFailure(
      `\`expo export\` in mobile/ failed: ${lastLines(String(error.all ?? ""), 15) || error.shortMessage}`,
    );
  });
}

async function removeOld(cache: string): Promise<void> {
  const names = (await readdir(cache)).filter((name) => /^web-[0-9a-f]{16}$/.test(name));
  const made = await Promise.all(
    names.map(async (name) => ({ folder: join(cache, name), at: (await stat(join(cache, name))).mtimeMs })),
  );
  const stale = made.sort((a, b) => b.at - a.at).slice(KEPT);
  await Promise.all(stale.map(({ folder }) => rm(folder, { recursive: true, force: true })));
}

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );
