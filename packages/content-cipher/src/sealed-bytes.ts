import { hkdfSync, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { contextOf, decrypt, encrypt, IV_BYTES, KEY_BYTES, TAG_BYTES } from "./aes-gcm.ts";
import { ContentFault } from "./content-fault.ts";
import type { DataKey } from "./data-keys.ts";

const SALT_BYTES = 32;
/** What is in memory of one reader or writer, about twice. */
const CHUNK = 64 * 1024;
const SEALED_CHUNK = CHUNK + TAG_BYTES;

export interface SealedBytes {
  /** To be kept beside the object, in plain: without it, it does not open. */
  readonly salt: Buffer;
  readonly body: Readable;
}

export interface ByteRange {
  readonly start: number;
  /** Included. */
  readonly end: number;
}

/**
 * Seals bytes of any length as they pass: chunks of 64 KiB, each with its tag, under a key for this object alone (HKDF,
 * RFC 5869). A nonce is the chunk's number and whether it is the last, so chunks can't be exchanged, left out or cut off
 * (the STREAM construction: Hoang, Reyhanitabar, Rogaway and Vizár, CRYPTO 2015).
 *
 * @param name of the object: sealed bytes open under no other
 */
export function sealBytes(
  dataKey: DataKey,
  name: string,
  plain: AsyncIterable<Buffer> | Buffer,
): SealedBytes {
  const salt = randomBytes(SALT_BYTES);
  const { key, context } = objectKey(dataKey, name, salt);
  const source = Buffer.isBuffer(plain) ? [plain] : plain;
  return { salt, body: Readable.from(sealChunks(source, key, context), { objectMode: false }) };
}

async function* sealChunks(source: AsyncIterable<Buffer> | Iterable<Buffer>, key: Buffer, context: Buffer) {
  let number = 0;
  // A full chunk is held back until it is known whether it is the last.
  for await (const { chunk, last } of chunksOf(source, CHUNK)) {
    yield Buffer.concat(encrypt(key, nonceOf(number++, last), context, chunk));
  }
}

/**
 * How to read sealed bytes, or a part of them, from a store that gives ranges.
 *
 * @returns `rangeOf`: the sealed bytes that a plain range needs; `open`: what these come to. `open` gives out nothing that
 *   was not authenticated, and throws ContentFault `content_changed` where that fails.
 */
export function openBytes(dataKey: DataKey, name: string, salt: Buffer) {
  const { key, context } = objectKey(dataKey, name, salt);
  return {
    rangeOf({ start, end }: ByteRange): ByteRange {
      return {
        start: Math.floor(start / CHUNK) * SEALED_CHUNK,
        end: (Math.floor(end / CHUNK) + 1) * SEALED_CHUNK - 1,
      };
    },

    /** @param size of the whole in plain. @param range of the plain bytes; without it, all */
    open(sealed: AsyncIterable<Buffer>, size: number, range?: ByteRange): Readable {
      const wanted = range ?? { start: 0, end: size - 1 };
      return Readable.from(openChunks(sealed, { key, context, size, ...wanted }), { objectMode: false });
    },
  };
}

interface Opening extends ByteRange {
  readonly key: Buffer;
  readonly context: Buffer;
  readonly size: number;
}

async function* openChunks(sealed: AsyncIterable<Buffer>, { key, context, size, start, end }: Opening) {
  const first = Math.floor(start / CHUNK);
  const final = Math.max(0, Math.ceil(size / CHUNK) - 1);
  const wanted = Math.max(0, Math.min(Math.floor(end / CHUNK), final));
  let number = first;
  for await (const { chunk } of chunksOf(sealed, SEALED_CHUNK)) {
    if (number > wanted) break;
    const plain = decrypt(key, nonceOf(number, number === final), context, chunk);
    const offset = number * CHUNK;
    number++;
    if (plain.length > 0) yield plain.subarray(Math.max(0, start - offset), end - offset + 1);
  }
  if (number <= wanted) throw new ContentFault("content_changed", "a sealed object ends too early");
}

/** Cuts what comes into pieces of `size` bytes; the last may be smaller, and is there even of nothing. */
async function* chunksOf(source: AsyncIterable<Buffer> | Iterable<Buffer>, size: number) {
  let held: Buffer[] = [];
  let length = 0;
  for await (const piece of source) {
    held.push(piece);
    length += piece.length;
    if (length <= size) continue;
    let joined = Buffer.concat(held, length);
    while (joined.length > size) {
      yield { chunk: joined.subarray(0, size), last: false };
      joined = joined.subarray(size);
    }
    held = [joined];
    length = joined.length;
  }
  yield { chunk: Buffer.concat(held, length), last: true };
}

function objectKey(dataKey: DataKey, name: string, salt: Buffer) {
  const context = contextOf("bytes", name);
  return { key: Buffer.from(hkdfSync("sha256", dataKey.key, salt, context, KEY_BYTES)), context };
}

function nonceOf(number: number, last: boolean): Buffer {
  const nonce = Buffer.alloc(IV_BYTES);
  nonce.writeUInt32BE(number, IV_BYTES - 5);
  nonce[IV_BYTES - 1] = last ? 1 : 0;
  return nonce;
}
