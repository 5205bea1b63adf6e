import { randomBytes } from "node:crypto";
import { expect, it } from "vitest";
import { createMemoryStore } from "../testing/memory-store.ts";
import type { BlobStore } from "./blob-store.ts";
import { createSealedStore } from "./sealed-store.ts";

const KEY = randomBytes(32);
const NAME = "outbox.1";
const VALUE = Uint8Array.of(1, 2, 3);

const open = (files: BlobStore, loadKey = async (): Promise<Uint8Array> => KEY) =>
  createSealedStore({ files, loadKey, randomBytes });

async function written(): Promise<BlobStore> {
  const files = createMemoryStore();
  await open(files).set(NAME, VALUE);
  return files;
}

it("gives back what it sealed", async () => {
  const files = await written();
  expect(Buffer.from((await files.get(NAME)) as Uint8Array).includes(VALUE)).toBe(false);
  expect(await open(files).get(NAME)).toEqual(VALUE);
});

it("keeps everything while the key can't be had, and reads it once it can", async () => {
  const files = await written();
  let locked = true;
  const store = open(files, async () => {
    if (locked) throw new Error("user interaction is not allowed");
    return KEY;
  });
  await expect(store.get(NAME)).rejects.toThrow("not allowed");
  await expect(store.set(NAME, Uint8Array.of(9))).rejects.toThrow("not allowed");
  locked = false;
  expect(await store.get(NAME)).toEqual(VALUE);
});

it("keeps everything while the files can't be read", async () => {
  const files = await written();
  const store = open({ ...files, get: () => Promise.reject(new Error("input/output error")) });
  await expect(store.get(NAME)).rejects.toThrow("input/output error");
  expect(await open(files).get(NAME)).toEqual(VALUE);
});

it("counts as nothing what another key sealed, and removes it", async () => {
  const files = await written();
  expect(await open(files, async () => randomBytes(32)).get(NAME)).toBeUndefined();
  expect(await files.keys("")).toEqual([]);
});

it("asks for the key once, however many need it", async () => {
  let asked = 0;
  const store = open(await written(), async () => {
    asked += 1;
    return KEY;
  });
  await Promise.all([store.get(NAME), store.get(NAME), store.set("other", VALUE)]);
  expect(asked).toBe(1);
});

it("leaves nothing of what is removed while it is written", async () => {
  const files = createMemoryStore();
  const store = open(files);
  await Promise.all([store.set(NAME, VALUE), store.remove(NAME)]);
  expect(await files.keys("")).toEqual([]);
});
