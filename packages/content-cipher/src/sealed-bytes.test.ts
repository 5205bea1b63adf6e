import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { openBytes, sealBytes } from "./sealed-bytes.ts";

const CHUNK = 64 * 1024;
const SEALED = CHUNK + 16;
const dataKey = { id: randomBytes(8), key: randomBytes(32) };
const NAME = "media/user/id/full";

async function sealed(plain: Buffer, pieces = 1000) {
  const source = Readable.from(
    Array.from({ length: Math.ceil(plain.length / pieces) }, (_, n) =>
      plain.subarray(n * pieces, (n + 1) * pieces),
    ),
  );
  const { salt, body } = sealBytes(dataKey, NAME, source);
  return { salt, bytes: await buffer(body) };
}

async function open(
  { salt, bytes }: { salt: Buffer; bytes: Buffer },
  size: number,
  range?: { start: number; end: number },
) {
  const opening = openBytes(dataKey, NAME, salt);
  const wanted = range && opening.rangeOf(range);
  const given = wanted ? bytes.subarray(wanted.start, wanted.end + 1) : bytes;
  return await buffer(opening.open(Readable.from([given]), size, range));
}

describe("sealed bytes", () => {
  it.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 200_000])("come back, %i of them", async (size) => {
    const plain = randomBytes(size);
    const object = await sealed(plain, 7777);
    expect((await open(object, size)).equals(plain)).toBe(true);
    if (size > 16) expect(object.bytes.includes(plain.subarray(0, 16))).toBe(false);
  });

  it("come back in any part", async () => {
    const size = 3 * CHUNK + 123;
    const plain = randomBytes(size);
    const object = await sealed(plain);
    const edges = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK - 1, 3 * CHUNK, size - 1];
    for (const start of edges) {
      for (const end of edges.filter((edge) => edge >= start)) {
        const part = await open(object, size, { start, end });
        expect(part.equals(plain.subarray(start, end + 1)), `${start}-${end}`).toBe(true);
      }
    }
  });

  it("are refused when a byte is another, a chunk moved or lacking, or under another name, key or salt", async () => {
    const size = 3 * CHUNK;
    const object = await sealed(randomBytes(size));
    const { bytes, salt } = object;
    const refused = async (changed: Buffer, wanted = size) =>
      expect(open({ salt, bytes: changed }, wanted)).rejects.toMatchObject({ code: "content_changed" });
    const flipped = Buffer.from(bytes);
    flipped[SEALED + 5] = (flipped[SEALED + 5] ?? 0) ^ 1;
    await refused(flipped);
    const moved = [SEALED, 0, 2 * SEALED].map((at) => bytes.subarray(at, at + SEALED));
    await refused(Buffer.concat(moved));
    await refused(bytes.subarray(0, 2 * SEALED));
    await refused(bytes.subarray(0, 2 * SEALED), 2 * CHUNK);
    await refused(Buffer.alloc(0));
    for (const opening of [
      openBytes(dataKey, "media/other/id/full", salt),
      openBytes({ ...dataKey, key: randomBytes(32) }, NAME, salt),
      openBytes(dataKey, NAME, randomBytes(32)),
    ]) {
      await expect(buffer(opening.open(Readable.from([bytes]), size))).rejects.toMatchObject({
        code: "content_changed",
      });
    }
  });

  it("pass in bounded memory: a chunk is out before the next but one is asked for", async () => {
    let asked = 0;
    async function* endless() {
      for (;;) {
        asked++;
        yield Buffer.alloc(CHUNK);
      }
    }
    const { body } = sealBytes(dataKey, NAME, endless());
    for await (const chunk of body) {
      expect(chunk).toHaveLength(SEALED);
      break;
    }
    expect(asked).toBeLessThan(6);
  });
});
