import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { startS3 } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createObjectStore } from "./create-object-store.ts";
import { deletePrefix, type ObjectStore } from "./object-store.ts";

const cleanup = new AsyncDisposableStack();
const stores: Record<string, ObjectStore> = {};
let folder: string;
let endpoint: string;
let bucket: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "objects-"));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const s3 = await startS3();
  cleanup.defer(() => s3.stop());
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  cleanup.defer(() => void vi.unstubAllEnvs());
  ({ endpoint, bucket } = s3);
  stores.folder = await createObjectStore(`file://${folder}`);
  stores.S3 = await createObjectStore(`s3://${bucket}`, { endpoint, forcePathStyle: true });
});
afterAll(() => cleanup.disposeAsync());

const WEBP = { contentType: "image/webp" };
/** More than one part of an upload has. */
const LARGE = randomBytes(11 * 1024 * 1024);

async function keysOf(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix)) keys.push(key);
  return keys.sort();
}

describe.each(["folder", "S3"])("the %s store", (name) => {
  const store = () => stores[name] as ObjectStore;
  const newKey = () => `test/${randomUUID()}/full`;
  const read = async (...args: Parameters<ObjectStore["get"]>) => {
    const found = await store().get(...args);
    return found && { ...found, body: await buffer(found.body) };
  };
  const keys = (prefix: string) => keysOf(store(), prefix);

  it.each([
    ["bytes", () => Buffer.from("some bytes")],
    ["no bytes", () => Buffer.alloc(0)],
    ["a line of bytes", () => Buffer.from("a/b\nc/d\n")],
    ["a large stream", () => Readable.from([LARGE.subarray(0, 1000), LARGE.subarray(1000)])],
  ])("gives back %s, with size and type", async (what, body) => {
    const key = newKey();
    await store().put(key, body(), WEBP);
    const expected = what === "a large stream" ? LARGE : (body() as Buffer);
    const found = await read(key);
    expect(found?.body.equals(expected)).toBe(true);
    expect(found).toMatchObject({ size: expected.length, contentType: "image/webp" });
  });

  it("gives back parts, up to the end and not beyond", async () => {
    const key = newKey();
    await store().put(key, Buffer.from("0123456789"), WEBP);
    for (const [start, end, expected] of [
      [0, 0, "0"],
      [2, 4, "234"],
      [8, 9, "89"],
      [8, 999, "89"],
    ] as const) {
      expect(await read(key, { start, end })).toMatchObject({ body: Buffer.from(expected), size: 10 });
    }
    await expect(store().get(key, { start: 10, end: 12 })).rejects.toThrow(RangeError);
    await expect(store().get(key, { start: 5, end: 4 })).rejects.toThrow(RangeError);
  });

  it("replaces an object whole, its type too", async () => {
    const key = newKey();
    await store().put(key, Buffer.from("a longer one"), WEBP);
    await store().put(key, Buffer.from("short"), { contentType: "audio/mp4" });
    expect(await read(key)).toMatchObject({ body: Buffer.from("short"), contentType: "audio/mp4" });
  });

  it("has nothing of an object whose stream breaks, and keeps the one that was there", async () => {
    const [fresh, kept] = [newKey(), newKey()];
    await store().put(kept, Buffer.from("kept"), WEBP);
    for (const key of [fresh, kept]) {
      const broken = Readable.from(
        (async function* () {
          yield LARGE;
          throw new Error("the client went away");
        })(),
      );
      await expect(store().put(key, broken, WEBP)).rejects.toThrow("the client went away");
    }
    expect(await read(fresh)).toBeUndefined();
    expect((await read(kept))?.body.toString()).toBe("kept");
  });

  it("knows nothing of what was never there or was removed; removing it again is no error", async () => {
    const key = newKey();
    expect(await store().get(key)).toBeUndefined();
    await store().delete(key);
    await store().put(key, Buffer.from("x"), WEBP);
    await store().delete(key);
    await store().delete(key);
    expect(await store().get(key)).toBeUndefined();
  });

  it("lists and removes by prefix, and nothing beside it", async () => {
    const root = `list-${randomUUID()}`;
    const [mine, alsoMine, other] = [`${root}/a/1`, `${root}/a/2/x`, `${root}/ab/1`];
    for (const key of [mine, alsoMine, other]) await store().put(key, Buffer.from("x"), WEBP);
    expect(await keys(`${root}/`)).toEqual([mine, alsoMine, other]);
    expect(await keys(`${root}/a`)).toEqual([mine, alsoMine, other]);
    expect(await keys(`${root}/a/`)).toEqual([mine, alsoMine]);
    for await (const { modified } of store().list(`${root}/`))
      expect(Math.abs(Date.now() - modified.getTime())).toBeLessThan(60_000);
    await deletePrefix(store(), `${root}/a/`);
    expect(await keys(`${root}/`)).toEqual([other]);
    expect(await keys(`${randomUUID()}/`)).toEqual([]);
  });

  it("survives writers and removers of one folder at the same time", async () => {
    const root = `busy-${randomUUID()}`;
    const rounds = Array.from({ length: 25 }, async (_, index) => {
      const key = `${root}/shared/${index}`;
      await store().put(key, Buffer.from(`${index}`), WEBP);
      expect((await read(key))?.body.toString()).toBe(`${index}`);
      await store().delete(key);
    });
    await Promise.all(rounds);
    expect(await keys(`${root}/`)).toEqual([]);
  });

  it.each([
    "",
    "/",
    "a//b",
    "../a",
    "a/../../b",
    "a/./b",
    "/etc/passwd",
    "a\0b",
    "a b",
    "~unfinished/x",
    "ä",
  ])("refuses the key %j", async (key) => {
    await expect(store().put(key, Buffer.from("x"), WEBP)).rejects.toThrow(RangeError);
    await expect(store().get(key)).rejects.toThrow(RangeError);
    await expect(store().delete(key)).rejects.toThrow(RangeError);
  });

  it.each(["", "image", "image/webp\nx", "text/html; <script>"])(
    "refuses the type %j",
    async (contentType) => {
      await expect(store().put(newKey(), Buffer.from("x"), { contentType })).rejects.toThrow(RangeError);
    },
  );
});

describe("the folder store", () => {
  it("leaves no empty folders, and no files of streams that broke", async () => {
    const key = `empty-${randomUUID()}/a/b`;
    await stores.folder?.put(key, Buffer.from("x"), WEBP);
    await stores.folder?.delete(key);
    expect((await readdir(folder)).filter((entry) => entry.startsWith("empty-"))).toEqual([]);
    expect(await readdir(join(folder, "~unfinished"))).toEqual([]);
  });

  it("removes what died processes left, once it is a day old", async () => {
    const other = join(folder, "other");
    await mkdir(join(other, "~unfinished"), { recursive: true });
    for (const file of ["old", "young"]) await writeFile(join(other, "~unfinished", file), "x");
    const days = Date.now() / 1000 - 2 * 24 * 60 * 60;
    await utimes(join(other, "~unfinished", "old"), days, days);
    const store = await createObjectStore(`file://${other}`);
    expect(await readdir(join(other, "~unfinished"))).toEqual(["young"]);
    expect(await keysOf(store, "")).toEqual([]);
    await rm(other, { recursive: true });
  });

  it("lists nothing outside of itself", async () => {
    await expect(keysOf(stores.folder as ObjectStore, "../")).rejects.toThrow(RangeError);
  });
});

it("parts of an upload that broke don't stay in the bucket", async () => {
  const client = new S3Client({ endpoint, forcePathStyle: true });
  const { Uploads } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  expect(Uploads ?? []).toEqual([]);
});

it.each(["", "http://a", "file://host/a", "file:", "s3://", "s3://UPPER", "s3://bucket/path", "gs://bucket"])(
  "%j is no address of a store",
  async (url) => {
    await expect(createObjectStore(url)).rejects.toThrow("file:///folder or s3://bucket");
  },
);
