import { createStore, del, get, keys, set } from "idb-keyval";
import type { BlobStore } from "./blob-store.ts";

/** IndexedDB. Never for tokens: every script of the page can read it. */
export function openDeviceStore(): BlobStore {
  const store = createStore("mobile-ai-agent", "blobs");
  return {
    get: (key) => get(key, store),
    set: (key, value) => set(key, value, store),
    remove: (key) => del(key, store),
    keys: async (prefix) => (await keys<string>(store)).filter((key) => key.startsWith(prefix)),
  };
}
