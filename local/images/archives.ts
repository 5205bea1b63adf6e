import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";

/** Archives of one image that stay: the current one and those before it, for going back without a build. */
const KEPT = 2;

/** @returns whether the archive is there; marks it as used, so that it is kept. */
export async function findArchive(path: string): Promise<boolean> {
  const now = new Date();
  return await utimes(path, now, now).then(
    () => true,
    () => false,
  );
}

/** Removes all but the last used archives of an image: each change of a service would leave 200 MB otherwise. */
export async function keepNewest(folder: string, name: string): Promise<void> {
  const pattern = new RegExp(`^${name}-[0-9a-f]{16}\\.tar$`);
  const files = (await readdir(folder))
    .filter((file) => pattern.test(file))
    .map((file) => join(folder, file));
  const used = await Promise.all(files.map(async (file) => ({ file, at: (await stat(file)).mtimeMs })));
  const stale = used.sort((a, b) => b.at - a.at).slice(KEPT);
  await Promise.all(stale.map(({ file }) => rm(file, { force: true })));
}
