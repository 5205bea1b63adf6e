import { randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import type { BlobStore } from "../storage/blob-store.ts";
import { createMemoryStore } from "../testing/memory-store.ts";
import { createOutbox } from "./outbox.ts";
import type { Delivery, OutboxItem } from "./outbox-item.ts";
import { createOutboxStore } from "./outbox-store.ts";

const ONE = randomUUID();
const TWO = randomUUID();
const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A device whose tries the test answers, and what was tried. */
function createDevice(blobs: BlobStore = createMemoryStore()) {
  const store = createOutboxStore(blobs, "user-1");
  const tried: OutboxItem[] = [];
  const device = { answer: (_: OutboxItem): Delivery => ({ kind: "later" }) };
  const outbox = createOutbox({
    store,
    newId: randomUUID,
    onChange: () => {},
    async deliver(item) {
      // Whatever is tried must be on the disk by now.
      expect((await store.load()).map(({ clientMessageId }) => clientMessageId)).toContain(
        item.clientMessageId,
      );
      tried.push(item);
      return device.answer(item);
    },
  });
  return { outbox, store, tried, device, blobs };
}

const accept = (): Delivery => ({ kind: "accepted" });

it("stores a message before it tries, and forgets it once the platform has it", async () => {
  const { outbox, store, device } = createDevice();
  device.answer = accept;
  await outbox.add({ sessionId: ONE, content: "hello" });
  await settled();
  expect(outbox.items(ONE)).toEqual([]);
  expect(await store.load()).toEqual([]);
});

it("survives the end of the app, and sends with the same ids in the same order", async () => {
  const before = createDevice();
  for (const content of ["a", "b", "c"]) await before.outbox.add({ sessionId: ONE, content });
  await settled();
  before.outbox.stop();
  const after = createDevice(before.blobs);
  after.device.answer = accept;
  await after.outbox.load();
  await settled();
  expect(after.tried.map(({ content }) => content)).toEqual(["a", "b", "c"]);
  expect(after.tried[0]?.clientMessageId).toBe(before.tried[0]?.clientMessageId);
  expect(await after.store.load()).toEqual([]);
});

it("sends the next only after the one before, but other conversations' at once", async () => {
  const { outbox, tried, device } = createDevice();
  device.answer = ({ sessionId }) => ({ kind: sessionId === ONE ? "later" : "accepted" });
  await outbox.add({ sessionId: ONE, content: "a" });
  await outbox.add({ sessionId: ONE, content: "b" });
  await outbox.add({ sessionId: TWO, content: "c" });
  await settled();
  expect(new Set(tried.map(({ content }) => content))).toEqual(new Set(["a", "c"]));
  device.answer = accept;
  outbox.flush();
  await settled();
  expect(tried.map(({ content }) => content).slice(-2)).toEqual(["a", "b"]);
});

it("never tries two of a conversation at the same time", async () => {
  const { outbox, tried, device } = createDevice();
  await outbox.add({ sessionId: ONE, content: "a" });
  await settled();
  tried.length = 0;
  device.answer = accept;
  for (let times = 0; times < 5; times += 1) outbox.flush();
  await settled();
  expect(tried).toHaveLength(1);
});

it("keeps what was refused, says why, lets the next ones pass and tries again when asked", async () => {
  const { outbox, tried, device } = createDevice();
  device.answer = ({ content }) =>
    content === "a" ? { kind: "refused", detail: "too rude" } : { kind: "accepted" };
  await outbox.add({ sessionId: ONE, content: "a" });
  await outbox.add({ sessionId: ONE, content: "b" });
  await settled();
  expect(outbox.items(ONE)).toMatchObject([{ content: "a", refusal: "too rude" }]);
  expect(outbox.refused()).toEqual(outbox.items(ONE));
  outbox.flush();
  await settled();
  expect(tried).toHaveLength(2);
  device.answer = accept;
  await outbox.retry(tried[0]?.clientMessageId as string);
  await settled();
  expect(outbox.items(ONE)).toEqual([]);
});

it("tries again by itself after the pause that the platform asks for", async () => {
  const { outbox, tried, device } = createDevice();
  device.answer = () => ({ kind: "later", afterSeconds: 0.01 });
  await outbox.add({ sessionId: ONE, content: "a" });
  await expect.poll(() => tried.length).toBeGreaterThan(1);
  outbox.stop();
});

it("keeps a picture beside its message, and both go together", async () => {
  const { outbox, store, device, blobs } = createDevice();
  const picture = { bytes: Uint8Array.of(1, 2, 3), contentType: "image/png", width: 4, height: 3 };
  await outbox.add({ sessionId: ONE, content: "", picture });
  await settled();
  const [item] = await store.load();
  expect(item).toMatchObject({ type: "image", picture: { contentType: "image/png", width: 4, height: 3 } });
  expect(await outbox.picture(item?.clientMessageId as string)).toEqual(picture.bytes);
  device.answer = accept;
  outbox.flush();
  await settled();
  expect(await blobs.keys("")).toEqual([]);
});

it("keeps one user's messages from another's", async () => {
  const { outbox, blobs } = createDevice();
  await outbox.add({ sessionId: ONE, content: "a" });
  await settled();
  expect(await createOutboxStore(blobs, "user-2").load()).toEqual([]);
});
