/** Bytes under keys, kept when the app ends. A value is there whole or not at all. */
export interface BlobStore {
  get(key: string): Promise<Uint8Array | undefined>;
  set(key: string, value: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
  /** In no order. */
  keys(prefix: string): Promise<string[]>;
}

export async function readText(store: BlobStore, key: string): Promise<string | undefined> {
  const bytes = await store.get(key);
  return bytes && new TextDecoder().decode(bytes);
}

export async function writeText(store: BlobStore, key: string, text: string): Promise<void> {
  await store.set(key, new TextEncoder().encode(text));
}

export async function clear(store: BlobStore, prefix: string): Promise<void> {
  for (const key of await store.keys(prefix)) await store.remove(key);
}
