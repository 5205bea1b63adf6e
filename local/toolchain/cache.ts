import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** Where one file of the cache lies: `<root>/<name>/<version>-<key>/<file>`. */
export interface CacheEntry {
  readonly directory: string;
  readonly file: string;
}

/**
 * What a build depends on, in short: another pinned version, a changed source or other link flags give another key,
 * so that nothing stale is found.
 *
 * @param moduleDirectory its go.mod, go.sum and *.go count, nothing else
 * @returns the first 12 hex digits of a SHA-256
 */
export async function cacheKey(moduleDirectory: string, flags: string): Promise<string> {
  const names = (await readdir(moduleDirectory)).filter((name) => /^go\.(mod|sum)$|\.go$/.test(name)).sort();
  const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, flags]));
  for (const name of names) {
    const content = await readFile(join(moduleDirectory, name));
    hash.update(`\0${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 12);
}

/**
 * @returns the entry's path, or undefined when it is missing or not what was stored (it is removed then). Its content
 *   is read only when its time of change is another than when it was last checked.
 */
export async function findCached(entry: CacheEntry): Promise<string | undefined> {
  const path = join(entry.directory, entry.file);
  const record = await readFile(join(entry.directory, "sha256"), "utf8").catch(() => "");
  const [sha256, size, changed] = record.trim().split(" ");
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  if (sha256 && Number(size) === found.size) {
    if (Number(changed) === found.mtimeMs) return path;
    if ((await sha256Of(path)) === sha256) {
      await writeRecord(entry.directory, sha256, found);
      return path;
    }
  }
  await rm(entry.directory, { recursive: true, force: true });
  return undefined;
}

/**
 * Moves a finished file into the cache. A reader sees all of it or nothing.
 *
 * @param source on the cache's file system, see `withScratch`
 */
export async function storeInCache(entry: CacheEntry, source: string, mode: number): Promise<string> {
  const path = join(entry.directory, entry.file);
  await mkdir(entry.directory, { recursive: true });
  await chmod(source, mode);
  await writeRecord(entry.directory, await sha256Of(source), await stat(source));
  await rename(source, path);
  return path;
}

/** Gives `work` a folder on the cache's file system and removes it afterwards. */
export async function withScratch<T>(root: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(root, { recursive: true });
  const folder = await mkdtemp(join(root, ".new-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeRecord(
  directory: string,
  sha256: string,
  found: { size: number; mtimeMs: number },
): Promise<void> {
  const temporary = join(directory, `sha256.${process.pid}`);
  await writeFile(temporary, `${sha256} ${found.size} ${found.mtimeMs}\n`);
  await rename(temporary, join(directory, "sha256"));
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
