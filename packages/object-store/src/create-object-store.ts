import { fileURLToPath } from "node:url";
import { createFolderStore, removeAbandoned } from "./folder-store.ts";
import type { ObjectStore } from "./object-store.ts";
import type { S3Options } from "./s3-store.ts";

/** What the address of a store looks like, for whoever validates configuration. */
export const OBJECT_STORE_URL = /^(file:\/\/\/.+|s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$/;

/**
 * @param url `file:///folder` or `s3://bucket`
 * @param options for a bucket that is not at S3 itself
 * @throws RangeError for any other
 */
export async function createObjectStore(url: string, options?: S3Options): Promise<ObjectStore> {
  if (!OBJECT_STORE_URL.test(url)) throw new RangeError("an object store is file:///folder or s3://bucket");
  if (url.startsWith("file:")) {
    const folder = fileURLToPath(url);
    await removeAbandoned(folder);
    return createFolderStore(folder);
  }
  // Large, and of no use to who keeps files in a folder.
  const { createS3Store } = await import("./s3-store.ts");
  return createS3Store(new URL(url).hostname, options);
}
