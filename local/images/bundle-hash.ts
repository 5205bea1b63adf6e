import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../repository.ts";
import { bundleService } from "./bundle.ts";
import { contentTag } from "./file-hashes.ts";

interface BundleFacts {
  /** Over the bundle's files. */
  readonly hash: string;
  /** Names of the native packages that it imports. */
  readonly native: readonly string[];
}

/**
 * What a bundle would contain. It is remembered as long as none of its sources, nor the lock file, nor the bundler's
 * settings change in size or time, so that an `up` without changes bundles nothing.
 */
export async function bundleFacts(service: string, folder: string): Promise<BundleFacts> {
  const file = join(folder, `bundle-${service}.json`);
  const known = await readFile(file, "utf8").then(JSON.parse, () => undefined);
  if (known && known.stamp === (await stampOf(known.inputs))) return known;
  const { files, native, inputs } = await bundleService(service);
  const facts = { hash: contentTag([...files].flat()), native, inputs, stamp: await stampOf(inputs) };
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(facts));
  return facts;
}

async function stampOf(inputs: readonly string[]): Promise<string> {
  const paths = [...inputs, "package-lock.json", "local/images/bundle.ts"].map((path) =>
    join(REPOSITORY, path),
  );
  const stats = await Promise.all(paths.map((path) => stat(path).catch(() => undefined)));
  return contentTag(stats.map((stats, index) => `${paths[index]} ${stats?.size} ${stats?.mtimeMs}`));
}
