import { type BlobStore, writeText } from "../storage/blob-store.ts";

const KEY = "settings.lock";

/** Told by what is there, not by what is in it: that needs no key, which the device may not give now. */
export async function isLockOn(store: BlobStore): Promise<boolean> {
  return (await store.keys(KEY)).length > 0;
}

export async function setLock(store: BlobStore, on: boolean): Promise<void> {
  if (on) await writeText(store, KEY, "1");
  else await store.remove(KEY);
}
