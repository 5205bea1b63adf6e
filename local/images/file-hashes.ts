import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

/** SHA-256 of files, remembered by (path, size, mtime), so that gigabytes are read once and not at every `up`. */
export interface FileHashes {
  /** @returns hex SHA-256 of the file's content */
  hash(path: string): Promise<string>;
}

type Memo = Record<string, { size: number; mtimeMs: number; sha256: string }>;

let opened: { folder: string; hashes: Promise<FileHashes> } | undefined;

/** @param folder where the memo is kept; images built side by side share one */
export function openFileHashes(folder: string): Promise<FileHashes> {
  if (opened?.folder !== folder) opened = { folder, hashes: readFileHashes(folder) };
  return opened.hashes;
}

export async function readFileHashes(folder: string): Promise<FileHashes> {
  const file = join(folder, "hashes.json");
  const memo = await readMemo(file);
  let saving = Promise.resolve();
  return {
    async hash(path) {
      const { size, mtimeMs } = await stat(path);
      const known = memo[path];
      if (known?.size === size && known.mtimeMs === mtimeMs) return known.sha256;
      const digest = createHash("sha256");
      await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), digest);
      const sha256 = digest.digest("hex");
      memo[path] = { size, mtimeMs, sha256 };
      saving = saving.then(() => writeMemo(file, memo));
      await saving;
      return sha256;
    },
  };
}

/** A memo that can't be read costs time, never correctness. */
async function readMemo(file: string): Promise<Memo> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Memo;
  } catch {
    return {};
  }
}

async function writeMemo(file: string, memo: Memo): Promise<void> {
  await mkdir(join(file, ".."), { recursive: true });
  const temporary = `${file}.${process.pid}`;
  await writeFile(temporary, JSON.stringify(memo));
  await rename(temporary, file);
}

/** @returns 16 hex digits over all parts, in their order */
export function contentTag(parts: readonly (string | Uint8Array)[]): string {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(createHash("sha256").update(part).digest());
  return digest.digest("hex").slice(0, 16);
}
