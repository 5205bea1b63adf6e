import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObjectStore, type ObjectStore } from "@mobile-ai-agent/object-store";
import { connectMongo, createLogger } from "@mobile-ai-agent/service-kit";
import { startMongo } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { keyOf, MEDIA_PREFIX } from "./media-keys.ts";
import { createMediaStore, type MediaStore, type StoredMedia } from "./media-store.ts";
import { sweepOrphans } from "./sweep.ts";

const DAY = 24 * 60 * 60 * 1000;
const logger = createLogger("test", "none");
const cleanup = new AsyncDisposableStack();
let media: MediaStore;
let objects: ObjectStore;

beforeAll(async () => {
  const mongo = await startMongo();
  cleanup.defer(() => mongo.stop());
  const { db, close } = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
  cleanup.defer(() => close());
  media = createMediaStore(db);
});
afterAll(() => cleanup.disposeAsync());

beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), "sweep-"));
  cleanup.defer(() => rm(folder, { recursive: true }));
  objects = await createObjectStore(`file://${folder}`);
});

const item = (): StoredMedia => ({
  ...{ id: randomUUID(), userId: randomUUID(), kind: "image", contentType: "image/webp", bytes: 1 },
  createdAt: new Date(),
});

async function put(...items: StoredMedia[]): Promise<void> {
  for (const one of items)
    await objects.put(keyOf(one, "full"), Buffer.from("x"), { contentType: one.contentType });
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of objects.list(MEDIA_PREFIX)) found.push(key);
  return found.sort();
}

it("removes no object while there is no document at all", async () => {
  const orphan = item();
  await put(orphan);
  expect(await sweepOrphans({ media, objects, logger }, Date.now() + 2 * DAY)).toBe(0);
  expect(await keys()).toEqual([keyOf(orphan, "full")]);
});

it("removes objects that no document knows, once they are a day old", async () => {
  const [known, ...orphans] = [item(), ...Array.from({ length: 5 }, item)] as [StoredMedia, ...StoredMedia[]];
  await put(known, ...orphans);
  await media.add(known);
  expect(await sweepOrphans({ media, objects, logger }, Date.now() + DAY / 2)).toBe(0);
  expect(await keys()).toHaveLength(6);
  expect(await sweepOrphans({ media, objects, logger }, Date.now() + 2 * DAY)).toBe(5);
  expect(await keys()).toEqual([keyOf(known, "full")]);
});
