import { type BlobStore, writeText } from "../storage/blob-store.ts";

const KEY = "settings.lock";

export async function isLockOn(store: BlobStore): Promise<boolean> {
  return (await store.get(KEY)) !== undefined;
}

export async function setLock(store: BlobStore, on: boolean): Promise<void> {
  if (on) await writeText(store, KEY, "1");
  else await store.remove(KEY);
}
