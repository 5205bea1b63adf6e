import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { connectMongo, createLogger } from "@mobile-ai-agent/service-kit";
import { createAuditKey, eventually, startMongo } from "@mobile-ai-agent/test-support";
import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAuditLog } from "./audit-log.ts";
import { CHECKPOINTS, createChainStore, ENTRIES } from "./chain-store.ts";
import { user } from "./events.ts";
import { createAuditVerifier, readAuditKeys } from "./keys.ts";
import { openDatabase } from "./source.ts";
import { loadLog } from "./testing/memory.ts";
import { verifyAudit } from "./verify.ts";

const pem = createAuditKey();
const keys = readAuditKeys(pem);
const verifier = createAuditVerifier(keys.published);
const logger = createLogger("test", "none");
let server: Awaited<ReturnType<typeof startMongo>>;
let mongo: Awaited<ReturnType<typeof connectMongo>>;

beforeAll(async () => {
  server = await startMongo();
  mongo = await connectMongo({ MONGODB_URI: server.uri }, "test");
});
afterAll(async () => {
  await mongo.close();
  await server.stop();
});
beforeEach(async () => {
  for (const name of [ENTRIES, CHECKPOINTS]) await mongo.db.collection(name).deleteMany({});
});

const open = (more: { checkpointMs?: number; registry?: Registry } = {}) =>
  createAuditLog({ db: mongo.db, keys, service: "test", logger, ...more });
const verify = () => verifyAudit(openDatabase(mongo.db), { verifier });
const registered = (id: string) =>
  ({ action: "user.registered", actor: user(id), subject: user(id), outcome: "success" }) as const;

it("keeps events in the order in which they were recorded, in a chain that opens and closes", async () => {
  const log = await open();
  for (const id of ["a", "b", "c"]) log.record(registered(id));
  await log.close();
  const { entries, checkpoints } = await loadLog(mongo.db);
  expect(entries.map(({ value }) => value.action)).toEqual([
    ...["audit.opened", ...Array(3).fill("user.registered"), "audit.closed"],
  ]);
  expect(entries.map(({ value }) => value.subject?.id)).toEqual([undefined, "a", "b", "c", undefined]);
  expect(checkpoints.at(-1)?.value.head).toMatchObject({ sequence: 5, hash: entries[4]?.value.hash });
  expect(await verify()).toMatchObject({ entries: 5, chains: 1, unvouched: 0, faults: [] });
});

it("writes nothing for a process that records nothing", async () => {
  await (await open()).close();
  expect(await loadLog(mongo.db)).toEqual({ entries: [], checkpoints: [] });
});

it("has what must be on record stored and vouched for when `store` resolves", async () => {
  const log = await open();
  await log.store(registered("a"));
  expect(await verify()).toMatchObject({ entries: 2, checkpoints: 1, unvouched: 0, faults: [] });
  await log.close();
});

it("takes many writers at once: each has its chain, and all share the chain of checkpoints", async () => {
  const logs = await Promise.all(Array.from({ length: 12 }, () => open({ checkpointMs: 20 })));
  for (let i = 0; i < 50; i++) {
    for (const log of logs) log.record(registered(String(i)));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(logs.map((log) => log.close()));
  expect(await verify()).toMatchObject({ entries: 12 * 52, chains: 12, unvouched: 0, faults: [] });
});

it("is whole when its writer is killed in the middle of writing", async () => {
  const env = { ...process.env, MONGODB_URI: server.uri, AUDIT_KEYS: pem };
  const child = fork(join(import.meta.dirname, "testing/writer-process.ts"), { env });
  while ((await once(child, "message"))[0] < 1000);
  await eventually(async () => (await mongo.db.collection(ENTRIES).countDocuments()) > 300);
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
  const report = await verify();
  expect(report.faults).toEqual([]);
  expect(report.entries).toBeGreaterThan(300);
  const log = await open();
  log.record(registered("after"));
  await log.close();
  expect(await verify()).toMatchObject({ chains: 2, faults: [] });
});

it("leaves what an earlier try has stored, and refuses a foreign entry in its place", async () => {
  const log = await open();
  log.record(registered("a"));
  await log.close();
  const stored = (await loadLog(mongo.db)).entries.map(({ value }) => value);
  const store = createChainStore(mongo.db);
  await mongo.db.collection(ENTRIES).deleteOne({ "subject.id": "a" });
  await store.append(stored);
  expect((await verify()).faults).toEqual([]);
  const foreign = stored.map((entry) => ({ ...entry, hash: "0".repeat(64) }));
  await expect(store.append(foreign)).rejects.toThrow(/another entry is in the place/);
});

describe("without the database", () => {
  it("keeps events up to a bound, counts what is beyond, and records the count", async () => {
    const away = await startMongo();
    const { db, client } = await connectMongo({ MONGODB_URI: away.uri }, "test");
    const registry = new Registry();
    const log = await createAuditLog({ db, keys, service: "test", logger, registry });
    await log.store(registered("before"));
    // Every command of this connection fails until it is connected again.
    await client.close();
    for (let i = 0; i < 10_500; i++) log.record(registered("while"));
    expect(await registry.metrics()).toMatch(/^audit_lost_entries 500$/m);
    expect(await registry.metrics()).toMatch(/^audit_pending_entries 10000$/m);
    await client.connect();
    await eventually(async () => /^audit_pending_entries 0$/m.test(await registry.metrics()), {
      timeoutMs: 30_000,
    });
    await log.close();
    const report = await verifyAudit(openDatabase(db), { verifier });
    expect(report).toMatchObject({ faults: [], entries: 10_004, unvouched: 0 });
    const lost = await db.collection(ENTRIES).findOne({ action: "audit.lost" });
    expect(lost?.details).toEqual({ count: 500 });
    await client.close();
    await away.stop();
  });

  it("refuses what must be on record, in words that tell what to do", async () => {
    const away = await startMongo();
    const { db, client } = await connectMongo({ MONGODB_URI: away.uri }, "test");
    const log = await createAuditLog({ db, keys, service: "test", logger, patienceMs: 300 });
    await away.stop();
    await expect(log.store(registered("a"))).rejects.toThrow(/nothing was done; try again/);
    await log.close();
    await client.close();
  });
});

it("notices that the log was taken back behind its back, and so does verify", async () => {
  const registry = new Registry();
  const [log, other] = [await open({ registry }), await open()];
  await other.store(registered("a"));
  await log.store(registered("b"));
  await mongo.db.collection<{ _id: number }>(CHECKPOINTS).deleteOne({ _id: 2 });
  await log.store(registered("c"));
  expect(await registry.metrics()).toMatch(/^audit_faults 1$/m);
  expect((await verify()).faults[0]?.what).toMatch(/checkpoint 2 says that its writer's one before was 2/);
  await Promise.all([log.close(), other.close()]);
});

it("verifies a log that is read in many batches", async () => {
  const log = await open();
  for (let i = 0; i < 9_998; i++) log.record(registered(String(i)));
  await log.close();
  expect(await verify()).toMatchObject({ entries: 10_000, faults: [] });
});
