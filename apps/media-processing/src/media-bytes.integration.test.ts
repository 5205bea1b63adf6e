import { randomBytes, randomUUID } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createContentCipher, destroyDataKey } from "@mobile-ai-agent/content-cipher";
import { createObjectStore, type ObjectStore } from "@mobile-ai-agent/object-store";
import { hurriedClock, newContentKeys, ringOf, startMongo } from "@mobile-ai-agent/test-support";
import { MongoClient } from "mongodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createMediaBytes, type MediaBytes } from "./media-bytes.ts";
import { keyOf } from "./media-keys.ts";
import type { StoredMedia } from "./media-store.ts";

const SIZE = 300_000;
const TYPE = "image/webp";
let mongo: Awaited<ReturnType<typeof startMongo>>;
let client: MongoClient;
let folder: string;
let objects: ObjectStore;
let bytes: MediaBytes;

beforeAll(async () => {
  mongo = await startMongo();
  client = await MongoClient.connect(mongo.uri);
  folder = await mkdtemp(join(tmpdir(), "media-bytes-"));
  objects = await createObjectStore(`file://${folder}`);
  const cipher = createContentCipher(client.db(), ringOf(newContentKeys(2)), { now: hurriedClock() });
  bytes = createMediaBytes(objects, cipher);
});
afterAll(async () => {
  await client?.close();
  await mongo?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function keep(userId: string = randomUUID(), plain = randomBytes(SIZE)) {
  const media = { id: randomUUID(), userId, createdAt: new Date() };
  const salt = await bytes.put({ media, variant: "full", contentType: TYPE }, Readable.from([plain]));
  const facts = { kind: "image" as const, contentType: TYPE, bytes: SIZE };
  const stored: StoredMedia = { ...media, ...facts, salts: { full: salt } };
  return { plain, stored, path: join(folder, keyOf(media, "full")) };
}

const read = async (media: StoredMedia, range?: { start: number; end: number }) => {
  const body = await bytes.get({ media, variant: "full", size: SIZE }, range);
  return body && (await buffer(body));
};
const changed = { code: "content_changed" };

it("gives the bytes back whole and in parts, and the store has none of them", async () => {
  const { plain, stored, path } = await keep();
  expect((await read(stored))?.equals(plain)).toBe(true);
  const range = { start: 100_000, end: 250_000 };
  expect((await read(stored, range))?.equals(plain.subarray(100_000, 250_001))).toBe(true);
  expect((await readFile(path)).includes(plain.subarray(0, 32))).toBe(false);
});

it("refuses bytes that were changed, cut off, or are another's", async () => {
  const [one, other] = [await keep(), await keep()];
  const kept = await readFile(one.path);
  const flipped = Buffer.from(kept);
  flipped[200_000] = (flipped[200_000] ?? 0) ^ 1;
  await writeFile(one.path, flipped);
  await expect(read(one.stored)).rejects.toMatchObject(changed);
  await expect(read(one.stored, { start: 199_000, end: 199_001 })).rejects.toMatchObject(changed);
  expect(await read(one.stored, { start: 0, end: 9 })).toEqual(one.plain.subarray(0, 10));
  await writeFile(one.path, kept.subarray(0, 150_000));
  await expect(read(one.stored)).rejects.toMatchObject(changed);
  await cp(other.path, one.path);
  await expect(read(one.stored)).rejects.toMatchObject(changed);
  await expect(read({ ...one.stored, salts: other.stored.salts ?? {} })).rejects.toMatchObject(changed);
});

it("finds nothing once its owner's key is destroyed", async () => {
  const { stored } = await keep();
  await destroyDataKey(client.db(), stored.userId);
  expect(await read(stored)).toBeUndefined();
  await expect(keep(stored.userId)).rejects.toMatchObject({ code: "content_destroyed" });
});

it("leaves no file open when it can't be sealed", async () => {
  const { stored } = await keep();
  await destroyDataKey(client.db(), stored.userId);
  const file = Readable.from([randomBytes(SIZE)]);
  const object = { media: stored, variant: "full", contentType: TYPE } as const;
  await expect(bytes.put(object, file)).rejects.toMatchObject({ code: "content_destroyed" });
  expect(file.destroyed).toBe(true);
});

it("gives out what was kept before there was a cipher", async () => {
  const { stored } = await keep();
  const plain = randomBytes(SIZE);
  await objects.put(keyOf(stored, "full"), plain, { contentType: TYPE });
  const { salts: _salts, ...before } = stored;
  expect((await read(before))?.equals(plain)).toBe(true);
  expect(await read(before, { start: 5, end: 9 })).toEqual(plain.subarray(5, 10));
});

it("leaves no file open when who asked reads nothing", async () => {
  const { stored } = await keep();
  const openFiles = async () => {
    const numbers = await readdir("/proc/self/fd");
    return numbers.length;
  };
  const before = await openFiles();
  for (let n = 0; n < 20; n++) (await bytes.get({ media: stored, variant: "full", size: SIZE }))?.destroy();
  await expect.poll(openFiles).toBeLessThan(before + 10);
});
