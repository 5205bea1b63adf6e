import type { Readable } from "node:stream";

/** Bytes of an object from `start` to `end`, both included, as in HTTP's Range; an `end` behind the last byte is it. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface StoredObject {
  readonly key: string;
  readonly modified: Date;
}

export interface OpenedObject {
  /** The bytes asked for. Whoever takes it reads it to its end, or destroys it. */
  readonly body: Readable;
  /** Of the whole object, in bytes. */
  readonly size: number;
  readonly contentType: string;
}

/**
 * Where files are kept. Keys are paths of letters, digits, `.`, `_` and `-`, such as `media/7f3c/full`; an object is
 * there whole or not at all, and replaced whole.
 */
export interface ObjectStore {
  /** Resolves when the object would survive the end of this machine's power; rejects, leaving nothing, when `body` fails. */
  put(key: string, body: Uint8Array | Readable, options: { contentType: string }): Promise<void>;
  /**
   * @returns undefined when there is no such object
   * @throws RangeError when the range begins behind its end
   */
  get(key: string, range?: ByteRange): Promise<OpenedObject | undefined>;
  /** Removes an object; one that isn't there is no error. */
  delete(key: string): Promise<void>;
  /** The objects whose key begins with `prefix`, in no particular order. */
  list(prefix: string): AsyncIterable<StoredObject>;
}

/** Removes all objects whose key begins with `prefix`. */
export async function deletePrefix(store: ObjectStore, prefix: string): Promise<void> {
  for await (const { key } of store.list(prefix)) await store.delete(key);
}

const SEGMENT = /^(?!\.{1,2}$)[\w.-]{1,128}$/;
const MAX_KEY = 512;
const CONTENT_TYPE = /^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w.+-]+)*$/;
const MAX_CONTENT_TYPE = 128;

/** @throws RangeError for what is not a key: nothing outside the store may be reached by one */
export function requireKey(key: string): string {
  if (key.length > MAX_KEY || !key.split("/").every((segment) => SEGMENT.test(segment))) {
    throw new RangeError(
      `"${key.slice(0, 80)}" is not an object's key: segments of letters, digits, . _ - and /`,
    );
  }
  return key;
}

/** @throws RangeError */
export function requireContentType(contentType: string): string {
  if (contentType.length > MAX_CONTENT_TYPE || !CONTENT_TYPE.test(contentType)) {
    throw new RangeError(`"${contentType.slice(0, 80)}" is not a content type, such as image/webp`);
  }
  return contentType;
}
