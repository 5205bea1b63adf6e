import { randomUUID } from "node:crypto";
import type { Binary, Db } from "mongodb";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ConversationStore } from "./conversation-store.ts";
import { startStore } from "./testing/start-store.ts";

let started: Awaited<ReturnType<typeof startStore>>;
let db: Db;
let store: ConversationStore;

beforeAll(async () => {
  started = await startStore();
  ({ db, store } = started);
});
afterAll(() => started?.stop());

const newRun = () => ({ id: randomUUID(), sessionId: randomUUID(), userId: randomUUID() });

it("gives back what it has sealed, in order", async () => {
  const run = newRun();
  const parts = [1, 2, 3].map((part) => ({ part, hash: `hash ${part}`, body: `said ${part}` }));
  expect(await store.records.last(run.id)).toBeUndefined();
  for (const part of parts) await store.records.append(run, part);
  expect(await store.records.read(run.id)).toEqual(parts);
  expect(await store.records.last(run.id)).toEqual({ part: 3, hash: "hash 3" });
  const stored = await db.collection("run_records").find({ run_id: run.id }).toArray();
  expect(stored.map(({ body }) => Buffer.from((body as Binary).value()).includes("said"))).toEqual(
    Array(3).fill(false),
  );
});

it("lets one of two who handle the same run write its record, and it again", async () => {
  const run = newRun();
  const append = (body: string) => store.records.append(run, { part: 1, hash: body, body });
  const results = await Promise.allSettled(["a", "b"].map(append));
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const [stored] = await store.records.read(run.id);
  await append(stored?.body ?? "");
  expect(await store.records.read(run.id)).toHaveLength(1);
});

it("goes with its session, and no other's", async () => {
  const [gone, kept] = [newRun(), newRun()];
  for (const run of [gone, kept]) await store.records.append(run, { part: 1, hash: "h", body: "said" });
  await store.deletions.remove(gone.sessionId);
  expect(await store.records.read(gone.id)).toEqual([]);
  expect(await store.records.read(kept.id)).toHaveLength(1);
});
