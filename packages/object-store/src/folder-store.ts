import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, opendir, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { type ObjectStore, requireContentType, requireKey, type StoredObject } from "./object-store.ts";

/** Of files that are still written. No key begins like this, since no segment may have a `~`. */
const UNFINISHED = "~unfinished";
/** Nothing is written for so long. */
const ABANDONED_MS = 24 * 60 * 60 * 1000;
/** A folder can go, emptied by a removal, while an object is on its way there. */
const MAX_ATTEMPTS = 5;
const MAX_HEAD = 256;

/**
 * Objects as files of a folder, which several processes of one machine may share. A file is a line with the content type,
 * then the bytes, so that both appear at once.
 */
export function createFolderStore(folder: string): ObjectStore {
  const pathOf = (key: string) => join(folder, requireKey(key));
  const unfinished = join(folder, UNFINISHED);
  return {
    async put(key, body, { contentType }) {
      const path = pathOf(key);
      const head = `${requireContentType(contentType)}\n`;
      const temporary = join(unfinished, randomUUID());
      await mkdir(unfinished, { recursive: true });
      try {
        await write(temporary, head, body);
        await moveTo(path, temporary);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    async get(key, range) {
      const file = await open(pathOf(key)).catch(absent);
      if (!file) return undefined;
      try {
        const stats = await file.stat();
        if (!stats.isFile()) return void (await file.close());
        const contentType = await readHead(file);
        const offset = contentType.length + 1;
        const size = stats.size - offset;
        if (range && (range.start > range.end || range.start >= size)) {
          throw new RangeError(`the object has ${size} bytes`);
        }
        const { start, end } = range ?? { start: 0, end: size - 1 };
        const options = { start: offset + start, end: offset + Math.min(end, size - 1) };
        // A stream can't be of no bytes at all.
        const body = size === 0 ? Readable.from([]) : file.createReadStream(options);
        if (size === 0) await file.close();
        return { body, size, contentType };
      } catch (error) {
        await file.close();
        throw error;
      }
    },

    async delete(key) {
      const path = pathOf(key);
      await rm(path, { force: true });
      await removeEmpty(dirname(path), folder);
    },

    async *list(prefix) {
      const parent = prefix.slice(0, Math.max(0, prefix.lastIndexOf("/")));
      for await (const path of filesBelow(parent === "" ? folder : pathOf(parent))) {
        const key = relative(folder, path).replaceAll(sep, "/");
        const found = key.startsWith(prefix) ? await stat(path).catch(absent) : undefined;
        if (found) yield { key, modified: found.mtime } satisfies StoredObject;
      }
    },
  };
}

/** Removes what processes left that died while they were writing. */
export async function removeAbandoned(folder: string, now = Date.now()): Promise<void> {
  const unfinished = join(folder, UNFINISHED);
  for (const name of (await readdir(unfinished).catch(absent)) ?? []) {
    const path = join(unfinished, name);
    const found = await stat(path).catch(absent);
    if (found && now - found.mtimeMs > ABANDONED_MS) await rm(path, { force: true });
  }
}

async function write(path: string, head: string, body: Uint8Array | Readable): Promise<void> {
  const file = await open(path, "wx", 0o640);
  try {
    await file.writeFile(head);
    await file.writeFile(body);
    // A name must not be there before its bytes are.
    await file.sync();
  } finally {
    await file.close();
  }
}

async function moveTo(path: string, temporary: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    await mkdir(dirname(path), { recursive: true });
    try {
      await rename(temporary, path);
      return await syncFolder(dirname(path));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Until then, a name in it could be lost. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readHead(file: FileHandle): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEAD), 0, MAX_HEAD, 0);
  const end = buffer.subarray(0, bytesRead).indexOf("\n");
  if (end < 0)
    throw new Error("the file is not an object of this store: it does not begin with a content type");
  return buffer.toString("latin1", 0, end);
}

/** Up to, not including, the store's own folder. */
async function removeEmpty(path: string, root: string): Promise<void> {
  for (let folder = path; folder !== root; folder = dirname(folder)) {
    const removed = await rmdir(folder).then(
      () => true,
      () => false,
    );
    if (!removed) return;
  }
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await opendir(folder).catch(absent);
  if (!entries) return;
  for await (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== UNFINISHED) yield* filesBelow(path);
    if (entry.isFile()) yield path;
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT" && error.code !== "ENOTDIR") throw error;
  return undefined;
}
