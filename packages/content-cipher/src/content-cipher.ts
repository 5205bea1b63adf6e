import { LRUCache } from "lru-cache";
import { Binary, type Db } from "mongodb";
import { ContentFault } from "./content-fault.ts";
import { createDataKeys, type DataKey } from "./data-keys.ts";
import type { KeyRing } from "./key-ring.ts";
import { openBytes, type SealedBytes, sealBytes } from "./sealed-bytes.ts";
import { openText, type Place, sealText } from "./sealed-text.ts";

const TTL_MS = 60_000;
/** About a hundred bytes each. */
const MAX_KEYS = 10_000;

/** Seals what users say, each with their own key, and opens it. Both throw ContentFault. */
export interface ContentCipher {
  /** Makes the owner's key when they have none yet. */
  seal(owner: string, place: Place, text: string): Promise<Binary>;
  /** Gives text that is not sealed as it is: it was stored before there was a cipher. */
  open(owner: string, place: Place, stored: Binary | string): Promise<string>;
  /** For what is too large for memory: see `sealBytes`. */
  sealBytes(owner: string, name: string, plain: AsyncIterable<Buffer> | Buffer): Promise<SealedBytes>;
  /** See `openBytes`. */
  openBytes(owner: string, name: string, salt: Buffer): Promise<ReturnType<typeof openBytes>>;
}

/**
 * Keys are kept in memory for a minute, which is how long a destroyed one may still be used, and looked up once for any
 * number of callers: a page of messages costs one look-up or none.
 */
export function createContentCipher(
  db: Db,
  ring: KeyRing,
  { maxKeys = MAX_KEYS, now = Date.now } = {},
): ContentCipher {
  const dataKeys = createDataKeys(db, ring);
  const cache = new LRUCache<string, Promise<DataKey | undefined>>({
    ...{ max: maxKeys, ttl: TTL_MS, ttlResolution: 0, perf: { now } },
  });

  /** Remembers a key while its look-up is under way and for a minute; an error or a missing key, not longer than that. */
  function remember(owner: string, lookUp: () => Promise<DataKey | undefined>): Promise<DataKey | undefined> {
    const key = lookUp();
    const forget = () => cache.peek(owner) === key && cache.delete(owner);
    key.then((found) => found ?? forget(), forget);
    cache.set(owner, key);
    return key;
  }

  const find = (owner: string) => cache.get(owner) ?? remember(owner, () => dataKeys.find(owner));

  async function toOpen(owner: string): Promise<DataKey> {
    const key = await find(owner);
    if (key !== undefined) return key;
    throw new ContentFault(
      "data_key_missing",
      `user ${owner} has sealed content but no key in data_keys: restore the keys of the database ` +
        "(docs/runbooks/backup-and-restore.md)",
    );
  }

  async function toSeal(owner: string): Promise<DataKey> {
    const found = await find(owner);
    if (found !== undefined) return found;
    const made = await remember(owner, () => dataKeys.create(owner));
    if (made === undefined) throw new Error("a data key was not made");
    return made;
  }

  return {
    async seal(owner, place, text) {
      return new Binary(sealText(await toSeal(owner), owner, place, text));
    },
    async open(owner, place, stored) {
      if (typeof stored === "string") return stored;
      return openText(await toOpen(owner), owner, place, Buffer.from(stored.value()));
    },
    async sealBytes(owner, name, plain) {
      return sealBytes(await toSeal(owner), name, plain);
    },
    async openBytes(owner, name, salt) {
      return openBytes(await toOpen(owner), name, salt);
    },
  };
}
