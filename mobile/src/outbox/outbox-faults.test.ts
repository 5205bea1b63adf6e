import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createMemoryStore } from "../testing/memory-store.ts";
import { createOutbox, type Outbox, type OutboxOptions } from "./outbox.ts";
import type { Delivery, OutboxItem } from "./outbox-item.ts";
import { createOutboxStore, type OutboxStore } from "./outbox-store.ts";

const ONE = randomUUID();
const MINUTE = 60_000;

let opened: Outbox[] = [];
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const outbox of opened) outbox.stop();
  opened = [];
  vi.useRealTimers();
});

const freshStore = () => createOutboxStore(createMemoryStore(), "user-1");

function open(store: OutboxStore, deliver: OutboxOptions["deliver"]): Outbox {
  const outbox = createOutbox({ store, newId: randomUUID, onChange: () => {}, deliver });
  opened.push(outbox);
  return outbox;
}

/** Tries whose ends the test decides. */
function createTries() {
  const tried: string[] = [];
  const answers: ((delivery: Delivery) => void)[] = [];
  const deliver = ({ content }: OutboxItem) => {
    tried.push(content);
    return new Promise<Delivery>((resolve) => answers.push(resolve));
  };
  return { tried, deliver, answer: (delivery: Delivery) => answers.shift()?.(delivery) };
}

const turns = () => vi.advanceTimersByTimeAsync(0);
const later = async (): Promise<Delivery> => ({ kind: "later", afterSeconds: 5 });
const contents = (items: readonly OutboxItem[]) => items.map(({ content }) => content);

it("brings nothing back that is discarded while it is tried", async () => {
  const store = freshStore();
  const { deliver, answer } = createTries();
  const outbox = open(store, deliver);
  await outbox.add({ sessionId: ONE, content: "a" });
  await outbox.discardSession(ONE);
  answer({ kind: "refused", detail: "no such session" });
  await turns();
  expect(outbox.size()).toBe(0);
  expect(await store.load()).toEqual([]);
});

it("sends what another tab has written, each once and in order, however often it loads", async () => {
  const store = freshStore();
  const { tried, deliver, answer } = createTries();
  const outbox = open(store, deliver);
  await outbox.load();
  await open(store, later).add({ sessionId: ONE, content: "theirs" });
  await vi.advanceTimersByTimeAsync(10);
  await outbox.add({ sessionId: ONE, content: "mine" });
  answer({ kind: "later" });
  await turns();
  await Promise.all([outbox.load(), outbox.load()]);
  await outbox.load();
  expect(contents(outbox.items(ONE))).toEqual(["theirs", "mine"]);
  answer({ kind: "accepted" });
  await turns();
  answer({ kind: "accepted" });
  await turns();
  expect(tried).toEqual(["mine", "theirs", "mine"]);
  expect(outbox.size()).toBe(0);
});

it("neither doubles nor brings back what is added or removed while it loads", async () => {
  const store = freshStore();
  let finish = () => {};
  const gate = new Promise<void>((resolve) => {
    finish = resolve;
  });
  await open(store, later).add({ sessionId: ONE, content: "removed" });
  const slow = {
    ...store,
    async load() {
      const found = await store.load();
      await gate;
      return [...found, ...(await store.load())];
    },
  };
  const outbox = open(slow, later);
  await Promise.all([
    outbox.add({ sessionId: ONE, content: "added" }),
    outbox.load(),
    outbox.discard((await store.load())[0]?.clientMessageId as string),
    turns().then(finish),
  ]);
  expect(contents(outbox.items(ONE))).toEqual(["added"]);
});

it("loads again by itself when the device could not be read", async () => {
  const store = freshStore();
  await open(store, later).add({ sessionId: ONE, content: "a" });
  let locked = true;
  const load = () => (locked ? Promise.reject(new Error("the Keychain is locked")) : store.load());
  const outbox = open({ ...store, load }, later);
  await outbox.load();
  expect(outbox.size()).toBe(0);
  locked = false;
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(outbox.size()).toBe(1);
});

it("tries again when the device fails in the middle, and loses nothing", async () => {
  const store = freshStore();
  let full = true;
  const outbox = open(store, async (item, keep) => {
    if (full) throw new Error("disk full");
    await keep({ ...item, mediaId: "picture" });
    return { kind: "accepted" };
  });
  await outbox.add({ sessionId: ONE, content: "a" });
  await turns();
  expect(await store.load()).toHaveLength(1);
  full = false;
  await vi.advanceTimersByTimeAsync(MINUTE);
  expect(outbox.size()).toBe(0);
});

it("tries a session ever less often while it fails, whatever the others do, and at once when it is connected", async () => {
  const tries = new Map<string, number>();
  const outbox = open(freshStore(), async ({ sessionId }) => {
    tries.set(sessionId, (tries.get(sessionId) ?? 0) + 1);
    return { kind: "later", afterSeconds: 5 };
  });
  const sessions = [ONE, ...Array.from({ length: 4 }, () => randomUUID())];
  for (const sessionId of sessions) await outbox.add({ sessionId, content: "a" });
  await vi.advanceTimersByTimeAsync(5 * MINUTE);
  for (const sessionId of sessions) {
    expect(tries.get(sessionId)).toBeGreaterThanOrEqual(6);
    expect(tries.get(sessionId)).toBeLessThanOrEqual(9);
  }
  tries.clear();
  outbox.flush();
  await turns();
  expect([...tries.values()]).toEqual([1, 1, 1, 1, 1]);
  // And from a short pause on again.
  await vi.advanceTimersByTimeAsync(8000);
  expect([...tries.values()]).toEqual([2, 2, 2, 2, 2]);
});

it("waits as long as the platform asks for", async () => {
  let tries = 0;
  const outbox = open(freshStore(), async () => {
    tries += 1;
    return { kind: "later", afterSeconds: 600 };
  });
  await outbox.add({ sessionId: ONE, content: "a" });
  await vi.advanceTimersByTimeAsync(599_000);
  expect(tries).toBe(1);
  await vi.advanceTimersByTimeAsync(302_000);
  expect(tries).toBe(2);
});

it("remembers the uploaded picture of a refused message", async () => {
  const store = freshStore();
  const given: (string | undefined)[] = [];
  const outbox = open(store, async (item, keep) => {
    given.push(item.mediaId);
    if (item.mediaId === undefined) await keep({ ...item, mediaId: "picture" });
    return { kind: "refused", detail: "not now" };
  });
  await outbox.add({ sessionId: ONE, content: "a" });
  await turns();
  await outbox.retry(outbox.items(ONE)[0]?.clientMessageId as string);
  await turns();
  expect(given).toEqual([undefined, "picture"]);
  expect(await store.load()).toMatchObject([{ mediaId: "picture", refusal: "not now" }]);
});
