import { randomBytes, randomUUID } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { cp, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMongo } from "@mobile-ai-agent/test-support";
import { BSON, type Db, MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { backUp } from "./back-up.ts";
import { createProgram } from "./command-line.ts";
import type { BackupContext } from "./context.ts";
import { rawDocuments } from "./documents.ts";
import { drill } from "./drill.ts";
import { stampOf } from "./folders.ts";
import { deriveKeys } from "./keys.ts";
import { restore } from "./restore.ts";
import { tallyOf } from "./tally.ts";

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const DRY = { swap: false, repair: false };
const master = randomBytes(32);

let mongo: Awaited<ReturnType<typeof startMongo>>;
let client: MongoClient;
let db: Db;
let directory: string;
let clock: number;
let context: BackupContext;

beforeAll(async () => {
  mongo = await startMongo();
  client = await MongoClient.connect(mongo.uri);
});

afterAll(async () => {
  await client?.close();
  await mongo?.stop();
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "backups-"));
  db = client.db(`d${randomUUID().replaceAll("-", "")}`);
  clock = Date.UTC(2026, 0, 31, 1);
  context = {
    client,
    database: db.databaseName,
    directory,
    keys: deriveKeys(master),
    retentionDays: 7,
    // Two backups of one second would have one name.
    now: () => {
      clock += 1000;
      return new Date(clock);
    },
  };
});

afterEach(async () => {
  await db.dropDatabase();
  await rm(directory, { recursive: true, force: true });
});

/** Every type that FerretDB takes, and what plain objects would change: the order of keys, 1.0 and 1. */
async function storeOddValues(): Promise<void> {
  const values: Record<string, unknown> = {
    date: new Date(-1),
    binary: new BSON.Binary(Buffer.from([0, 255]), 0),
    uuid: new BSON.UUID(),
    int64: BSON.Long.fromString("9223372036854775807"),
    smallInt64: BSON.Long.fromNumber(1),
    double: new BSON.Double(1),
    regex: new BSON.BSONRegExp("a/b", "i"),
    timestamp: new BSON.Timestamp({ t: 1, i: 2 }),
    null: null,
    unicode: "ünï😀\u0000 \u202e",
    nested: { a: [{ b: [{}, null, { c: [1, ""], d: [] }] }] },
    keys: new Map<string, unknown>([
      ["z", 1],
      [
        "10",
        [
          new Map([
            ["b", 1],
            ["1", 2],
          ]),
        ],
      ],
      ["2", BSON.Long.fromNumber(2)],
    ]),
  };
  const documents = Object.entries(values).map(
    ([_id, value]) =>
      new Map([
        ["_id", _id],
        ["value", value],
      ] as never),
  );
  expect(await db.command({ insert: "odd", documents })).toMatchObject({ n: documents.length });
}

async function storeConversation(): Promise<void> {
  await db.collection<{ _id: string }>("users").insertOne({ _id: "u" });
  await db.collection<{ _id: string }>("sessions").insertOne({ _id: "s", user_id: "u" } as never);
  await db.collection<{ _id: string }>("messages").insertOne({ _id: "m", session_id: "s" } as never);
  await db
    .collection<{ _id: string }>("runs")
    .insertOne({ _id: "r", session_id: "s", message_id: "m" } as never);
}

const stamps = async () => (await readdir(directory)).filter((name) => /^\d/.test(name)).sort();
const scratches = async () =>
  (await client.db("admin").admin().listDatabases()).databases
    .map(({ name }) => name)
    .filter((name) => name.startsWith(`${db.databaseName}_`));

const sealedFile = async () => {
  const [stamp] = await stamps();
  return join(directory, stamp as string, db.databaseName, "odd.bson.gz.enc");
};

describe("a round trip", () => {
  it("brings back every byte of every document, empty collections and indexes", async () => {
    await storeOddValues();
    await db.createCollection("empty");
    await db.collection("odd").createIndex({ value: 1, "value.a": -1 }, { unique: true, name: "by value" });
    const before = await tallyOf(rawDocuments(db, "odd"));
    const { manifest } = await backUp(context);
    expect(manifest.collections.map(({ name, count }) => [name, count])).toEqual([
      ["empty", 0],
      ["odd", 12],
    ]);
    await db.dropDatabase();
    await db.collection("later").insertOne({ a: 1 });

    const report = await restore(context, { swap: true, repair: false });
    expect(report).toMatchObject({ swapped: true, orphans: [] });
    expect(await tallyOf(rawDocuments(db, "odd"))).toMatchObject({ count: 12, content: before.content });
    const names = (await db.listCollections().toArray()).map(({ name }) => name);
    expect(names.sort()).toEqual(["empty", "odd"]);
    expect(await db.collection("odd").listIndexes().toArray()).toContainEqual(
      expect.objectContaining({ name: "by value", key: { value: 1, "value.a": -1 }, unique: true }),
    );
    expect(await scratches()).toEqual([]);
  });

  it("takes more documents than a batch", async () => {
    const many = Array.from({ length: 2345 }, (_, number) => ({ number, text: "x".repeat(200) }));
    await db.collection("many").insertMany(many);
    await backUp(context);
    expect((await restore(context, DRY)).manifest.collections[0]).toMatchObject({ count: 2345 });
  });

  it("leaves the live database alone without swap, and nothing readable on disk", async () => {
    await db.collection("odd").insertOne({ secret: "a-word-that-is-secret" });
    await backUp(context);
    await db.collection("odd").insertOne({ later: true });
    await restore(context, DRY);
    expect(await db.collection("odd").countDocuments()).toBe(2);
    expect(await scratches()).toEqual([]);
    expect(await readFile(await sealedFile(), "latin1")).not.toContain("secret");
  });
});

describe("a backup that must not be used", () => {
  beforeEach(async () => {
    await storeOddValues();
    await backUp(context);
  });

  it.each([
    ["a bit of the nonce", (bytes: Buffer) => flip(bytes, 3)],
    ["a bit of the middle", (bytes: Buffer) => flip(bytes, bytes.length >> 1)],
    ["a bit of the tag", (bytes: Buffer) => flip(bytes, bytes.length - 1)],
    ["the end cut off", (bytes: Buffer) => bytes.subarray(0, -20)],
  ])("is refused with %s changed, before anything is written", async (_, change) => {
    const path = await sealedFile();
    await writeFile(path, change(await readFile(path)));
    const asked: string[] = [];
    const recording = new Proxy(client, {
      get: (target, key) =>
        key === "db" ? (name: string) => asked.push(name) && target.db(name) : bound(target, key),
    });
    await expect(restore({ ...context, client: recording }, { ...DRY, swap: true })).rejects.toThrow(
      /odd|usable/,
    );
    expect(asked).toEqual([]);
    expect(await db.collection("odd").countDocuments()).toBe(12);
  });

  it("is refused with another key, which is named", async () => {
    const other = { ...context, keys: deriveKeys(randomBytes(32)) };
    await expect(restore(other, DRY)).rejects.toThrow(`made with the key ${context.keys.id}`);
  });

  it("is refused with a manifest that was changed", async () => {
    const path = join(directory, (await stamps())[0] as string, "manifest.json");
    await writeFile(path, (await readFile(path, "utf8")).replace('"count": 12', '"count": 11'));
    await expect(restore(context, DRY)).rejects.toThrow(/manifest.json was changed/);
  });

  it("is refused when the files are authentic, but not what the manifest says", async () => {
    const [stamp] = await stamps();
    const folder = join(directory, stamp as string);
    const { readManifest, writeManifest } = await import("./manifest.ts");
    const manifest = await readManifest(folder, context.keys);
    const collections = manifest.collections.map((entry) => ({ ...entry, count: entry.count + 1 }));
    for (const name of ["manifest.json", "manifest.json.hmac-sha256"]) await rm(join(folder, name));
    await writeManifest(folder, { ...manifest, collections }, context.keys);
    await expect(restore(context, DRY)).rejects.toThrow("count is 12, but the manifest says 13");
  });

  it("is refused with a file of another backup in the place of its own", async () => {
    const own = await sealedFile();
    await backUp(context);
    const [, second] = await stamps();
    await cp(join(directory, second as string, db.databaseName, "odd.bson.gz.enc"), own);
    await expect(restore(context, { ...DRY, at: (await stamps())[0] as string })).rejects.toThrow(/odd/);
  });

  it("is refused under another name", async () => {
    const [stamp] = await stamps();
    await cp(join(directory, stamp as string), join(directory, "20270101T000000Z"), { recursive: true });
    await expect(restore(context, { ...DRY, at: "20270101T000000Z" })).rejects.toThrow(/can't be used/);
    await expect(restore(context, DRY)).resolves.toMatchObject({ manifest: { stamp } });
  });
});

describe("an interrupted backup", () => {
  it("leaves no folder that counts", async () => {
    await storeOddValues();
    await db.createCollection("zzz");
    const broken = { ...context, client: failingAt("zzz") };
    await expect(backUp(broken)).rejects.toThrow("the connection is gone");
    expect(await readdir(directory)).toEqual([]);
  });

  it("that a disk has written wrongly is found by reading back, and leaves nothing", async () => {
    await storeOddValues();
    let calls = 0;
    const now = () => {
      // The second time is asked for when the files are complete.
      if (++calls === 2) {
        const [partial] = readdirSync(directory);
        const path = join(directory, partial as string, db.databaseName, "odd.bson.gz.enc");
        writeFileSync(path, flip(readFileSync(path), 20));
      }
      return new Date(clock);
    };
    await expect(backUp({ ...context, now })).rejects.toThrow(/odd.bson/);
    expect(calls).toBe(2);
    expect(await readdir(directory)).toEqual([]);
  });

  it("that was killed does not count, and its remains go after two hours", async () => {
    await storeOddValues();
    const { manifest } = await backUp(context);
    const killed = join(directory, ".partial-20260131T000000Z-abc");
    await cp(join(directory, manifest.stamp), killed, { recursive: true });
    await utimes(killed, new Date(clock), new Date(clock));
    await backUp(context);
    expect(await readdir(directory)).toContain(".partial-20260131T000000Z-abc");
    clock += 2 * HOUR;
    await backUp(context);
    expect((await readdir(directory)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("fails when there is nothing to back up", async () => {
    await expect(backUp(context)).rejects.toThrow(/no collections/);
  });
});

describe("retention", () => {
  it("removes what is older, and keeps the newest usable one however old it is", async () => {
    await storeOddValues();
    const first = (await backUp(context)).manifest.stamp;
    clock += DAY;
    const second = (await backUp(context)).manifest.stamp;
    clock += 30 * DAY;
    await cp(join(directory, second), join(directory, stampOf(new Date(clock))), { recursive: true });
    const { removeOld } = await import("./retention.ts");
    expect(await removeOld(context)).toEqual([first]);
    expect(await stamps()).toContain(second);

    const third = await backUp(context);
    expect(third.removed).toEqual([second]);
    expect(await stamps()).toContain(third.manifest.stamp);
  });
});

it("a restore removes the scratch databases of others that were killed, not of those that may run", async () => {
  await storeOddValues();
  await backUp(context);
  const [old, young] = [3 * HOUR, HOUR].map(
    (age) => `${db.databaseName}_restore_${stampOf(new Date(clock - age))}`,
  ) as [string, string];
  for (const name of [old, young]) await client.db(name).collection("left").insertOne({ a: 1 });
  await restore(context, DRY);
  expect(await scratches()).toEqual([young]);
  await client.db(young).dropDatabase();
});

describe("consistency", () => {
  beforeEach(storeConversation);

  it("finds no fault in a whole conversation", async () => {
    await backUp(context);
    expect((await restore(context, DRY)).orphans).toEqual([]);
  });

  it("reports orphans, does not swap them in, and with repair leaves out all that hangs on them", async () => {
    await db.collection<{ _id: string }>("users").deleteOne({ _id: "u" });
    await db.collection("contexts").insertOne({ session_id: "gone" });
    await backUp(context);
    expect((await restore(context, DRY)).orphans).toMatchObject([
      { from: "sessions", to: "users", count: 1 },
      { from: "contexts", to: "sessions", count: 1 },
    ]);
    await expect(restore(context, { swap: true, repair: false })).rejects.toThrow(/orphans.*--repair/);
    expect(await db.collection("sessions").countDocuments()).toBe(1);
    await restore(context, { swap: true, repair: true });
    for (const name of ["sessions", "messages", "runs", "contexts"]) {
      expect(await db.collection(name).countDocuments(), name).toBe(0);
    }
  });
});

it("a swap that fails half-way leaves the live database as it was", async () => {
  await storeOddValues();
  await storeConversation();
  await backUp(context);
  await db.collection("odd").insertOne({ later: true });
  const { swapIn } = await import("./swap.ts");
  const scratch = client.db(`${db.databaseName}_restore_x`);
  await scratch.collection("odd").insertOne({ a: 1 });
  await scratch.collection("users").insertOne({ a: 1 });
  const names = async () => (await db.listCollections().toArray()).map(({ name }) => name).sort();
  const before = await names();
  await expect(swapIn({ scratch, live: failingRename(), run: "x" })).rejects.toThrow(
    "the connection is gone",
  );
  expect(await names()).toEqual(before);
  expect(await db.collection("odd").countDocuments()).toBe(13);
  await scratch.dropDatabase();
});

it("a drill measures recovery point and time, and removes its scratch database", async () => {
  await storeConversation();
  expect((await drill(context)).recovery_point_seconds).toBeNull();
  clock += HOUR;
  const report = await drill(context);
  expect(report).toMatchObject({ collections: 4, documents: 4, orphans: [] });
  expect(report.recovery_point_seconds).toBeGreaterThanOrEqual(3600);
  expect(report.recovery_point_seconds).toBeLessThan(3660);
  expect(report.recovery_time_seconds).toBeGreaterThan(0);
  expect(await scratches()).toEqual([]);
});

it("the command line backs up, verifies, and fails with the reason", async () => {
  await storeConversation();
  const env = {
    MONGODB_URI: mongo.uri.replace(/test$/, db.databaseName),
    BACKUP_DIR: directory,
    ENCRYPTION_KEY: master.toString("base64"),
  };
  const lines: string[] = [];
  const run = (...args: string[]) =>
    createProgram(env, (line) => lines.push(line)).parseAsync(args, { from: "user" });
  await run("backup");
  await run("verify");
  await run("restore");
  expect(lines.join("\n")).toMatch(/4 collections, 4 documents.*verified[\s\S]*no orphans/);
  await writeFile(join(directory, (await stamps())[0] as string, "manifest.json"), "{}");
  await expect(run("verify")).rejects.toThrow("1 of 1 backups can't be used");
  await expect(run("restore")).rejects.toThrow(/no usable backup/);
  expect(lines.join("\n")).not.toContain(env.ENCRYPTION_KEY);
});

function flip(bytes: Buffer, index: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[index] = (changed[index] as number) ^ 1;
  return changed;
}

/** A client whose connection breaks when it comes to one collection. */
function failingAt(name: string): MongoClient {
  const broken = new Proxy(db, {
    get: (target, key) =>
      key === "collection"
        ? (wanted: string) => {
            if (wanted === name) throw new Error("the connection is gone");
            return target.collection(wanted);
          }
        : bound(target, key),
  });
  return { db: () => broken } as unknown as MongoClient;
}

/** A database that fails to rename the first staged collection into its place. */
function failingRename(): Db {
  const admin = {
    command: (command: { renameCollection: string; to: string }) => {
      if (command.to === `${db.databaseName}.users` && command.renameCollection.includes(".restore_")) {
        return Promise.reject(new Error("the connection is gone"));
      }
      return client.db("admin").command(command);
    },
  };
  return new Proxy(db, {
    get: (target, key) => (key === "client" ? { db: () => admin } : bound(target, key)),
  });
}

function bound(target: object, key: PropertyKey): unknown {
  const value = Reflect.get(target, key, target);
  return typeof value === "function" ? value.bind(target) : value;
}
