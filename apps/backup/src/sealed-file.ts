import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { DamagedBackup } from "./failure.ts";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Seal {
  readonly path: string;
  readonly key: Buffer;
  /** What the file is; it is authenticated, so that no other file can take its place. */
  readonly identity: string;
}

/**
 * Compresses and encrypts into a new file: nonce (12 bytes), gzip under AES-256-GCM, tag (16 bytes). Streams: memory
 * doesn't grow with the data. On disk when it resolves.
 */
export async function writeSealed(
  seal: Seal,
  plain: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, seal.key, nonce).setAAD(Buffer.from(seal.identity));
  await pipeline(
    plain,
    createGzip(),
    async function* (source: AsyncIterable<Buffer>) {
      yield nonce;
      for await (const chunk of source) yield cipher.update(chunk);
      yield cipher.final();
      yield cipher.getAuthTag();
    },
    createWriteStream(seal.path, { flags: "wx", mode: 0o600, flush: true }),
  );
}

/**
 * Streams a file's content to `sink`. Whether it is authentic is known only at the end, so a sink that acts on it
 * needs a first pass with one that doesn't.
 *
 * @throws DamagedBackup when it was changed, is incomplete, or another key made it.
 */
export async function readSealed<T>(
  seal: Seal,
  sink: (plain: AsyncIterable<Buffer>) => Promise<T>,
): Promise<T> {
  try {
    return await pipeline(
      createReadStream(seal.path),
      (source: AsyncIterable<Buffer>) => decrypt(source, seal),
      createGunzip(),
      sink,
    );
  } catch (error) {
    // Errors of the sink, such as the database's, are its own.
    const isOfFile = error instanceof DamagedBackup || /^(ENOENT|Z_\w+)$/.test(String(Object(error).code));
    if (!isOfFile) throw error;
    throw new DamagedBackup(`${seal.path} can't be used: it was changed, is incomplete or missing`, {
      cause: error,
    });
  }
}

async function* decrypt(source: AsyncIterable<Buffer>, { key, identity }: Seal): AsyncGenerator<Buffer> {
  let decipher: ReturnType<typeof createDecipher> | undefined;
  let held: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    held = Buffer.concat([held, chunk]);
    if (!decipher && held.length >= NONCE_BYTES) {
      decipher = createDecipher(key, held.subarray(0, NONCE_BYTES), identity);
      held = held.subarray(NONCE_BYTES);
    }
    // The last 16 bytes that came may be the tag.
    if (!decipher || held.length <= TAG_BYTES) continue;
    yield decipher.update(held.subarray(0, -TAG_BYTES));
    held = held.subarray(-TAG_BYTES);
  }
  if (!decipher || held.length < TAG_BYTES) throw new DamagedBackup("it ends too early");
  try {
    yield decipher.setAuthTag(held).final();
  } catch {
    throw new DamagedBackup("its authentication tag does not match");
  }
}

function createDecipher(key: Buffer, nonce: Buffer, identity: string) {
  return createDecipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(identity));
}
