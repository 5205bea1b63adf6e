import type { BlobStore } from "./blob-store.ts";
import { open, seal } from "./seal.ts";

export interface SealedStoreOptions {
  /** Where the sealed bytes go. */
  readonly files: BlobStore;
  /** Asked for at the first need, and again after it failed: the Keychain opens only while the device is unlocked. */
  readonly loadKey: () => Promise<Uint8Array>;
  readonly randomBytes: (count: number) => Uint8Array;
}

/**
 * A store that seals what it is given, and does one thing after another: what is removed stays removed.
 *
 * Throws while the key or the files can't be had, and leaves everything as it is. Bytes that the key does not open are
 * those of an earlier installation, whose key is gone: they count as nothing and are removed.
 */
export function createSealedStore({ files, loadKey, randomBytes }: SealedStoreOptions): BlobStore {
  let loading: Promise<Uint8Array> | undefined;
  let before: Promise<unknown> = Promise.resolve();

  function key(): Promise<Uint8Array> {
    loading ??= loadKey().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  function inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = before.then(act);
    before = done.catch(() => undefined);
    return done;
  }

  return {
    get: (name) =>
      inTurn(async () => {
        const sealed = await files.get(name);
        if (!sealed) return undefined;
        const opener = await key();
        try {
          return open(opener, name, sealed);
        } catch {
          await files.remove(name);
          return undefined;
        }
      }),
    set: (name, value) =>
      inTurn(async () => files.set(name, seal(await key(), name, value, randomBytes(12)))),
    remove: (name) => inTurn(() => files.remove(name)),
    keys: (prefix) => inTurn(() => files.keys(prefix)),
  };
}
