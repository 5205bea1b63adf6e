import { randomBytes, randomUUID } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createContentCipher, destroyDataKey } from "@mobile-ai-agent/content-cipher";
import { newContentKeys, ringOf, startMongo } from "@mobile-ai-agent/test-support";
import { type Binary, type Db, MongoClient } from "mongodb";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { backUp } from "./back-up.ts";
import type { BackupContext } from "./context.ts";
import { KEYS_ARCHIVE, verifyKeysArchive } from "./data-keys.ts";
import { drill } from "./drill.ts";
import { deriveKeys } from "./keys.ts";
import { restore } from "./restore.ts";

const SWAP = { swap: true, repair: false };
const ring = ringOf(newContentKeys(2));
let mongo: Awaited<ReturnType<typeof startMongo>>;
let client: MongoClient;
let db: Db;
let directory: string;
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
  let clock = Date.UTC(2026, 0, 31, 1);
  context = {
    ...{ client, database: db.databaseName, directory, keys: deriveKeys(randomBytes(32)), retentionDays: 7 },
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

const collection = (name: string) => db.collection<{ _id: string; [field: string]: unknown }>(name);

interface SealedMessage {
  readonly userId: string;
  readonly place: { collection: string; record: string; field: string };
}

/** A user with a message, as the services store them. */
async function say(text: string, userId: string = randomUUID()): Promise<SealedMessage> {
  const place = { collection: "messages", record: `${randomUUID()}`, field: "content" };
  const content = await createContentCipher(db, ring).seal(userId, place, text);
  const session = { _id: randomUUID(), user_id: userId, title: "" };
  await collection("users").updateOne({ _id: userId }, { $set: { username: "a" } }, { upsert: true });
  await collection("sessions").insertOne(session);
  await collection("messages").insertOne({
    _id: place.record,
    user_id: userId,
    session_id: session._id,
    content,
  });
  return { userId, place };
}

async function read({ userId, place }: SealedMessage): Promise<string> {
  const document = await collection("messages").findOne({ _id: place.record });
  return await createContentCipher(db, ring).open(userId, place, document?.content as Binary);
}

const archive = () => verifyKeysArchive(context);
const files = async () =>
  (await readdir(directory, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());

it("are in one archive beside the backups and in none of them, and come back with any of them", async () => {
  const [ann, bob] = [await say("of Ann"), await say("of Bob")];
  const { manifest, dataKeys } = await backUp(context);
  expect(dataKeys).toBe(2);
  await backUp(context);
  expect(manifest.collections.map(({ name }) => name)).not.toContain("data_keys");
  const names = (await files()).map(({ name }) => name);
  expect(names.filter((name) => /key/.test(name))).toEqual([KEYS_ARCHIVE]);
  await db.dropDatabase();
  expect(await restore(context, { ...SWAP, at: manifest.stamp })).toMatchObject({
    erased: { documents: 0, lost: 0 },
  });
  expect([await read(ann), await read(bob)]).toEqual(["of Ann", "of Bob"]);
});

it("are gone with the next backup once they are destroyed, and older backups count what they sealed as erased", async () => {
  const [ann, bob] = [await say("of Ann"), await say("of Bob")];
  const { stamp } = (await backUp(context)).manifest;
  const wrapped = (await collection("data_keys").findOne({ _id: ann.userId }))?.wrapped;
  expect(wrapped).toBeDefined();
  await destroyDataKey(db, ann.userId);
  await backUp(context);
  await db.dropDatabase();
  const report = await restore(context, { ...SWAP, at: stamp });
  expect(report.erased).toEqual({ documents: 1, lost: 0 });
  expect(await read(bob)).toBe("of Bob");
  await expect(read(ann)).rejects.toMatchObject({ code: "content_destroyed" });
  expect(await collection("data_keys").findOne({ _id: ann.userId })).toBeNull();
  expect(await collection("users").findOne({ _id: ann.userId })).toBeNull();
  expect(await collection("messages").countDocuments({ user_id: ann.userId })).toBe(0);
  expect(await drill(context)).toMatchObject({ erased: 0 });
});

it("stay destroyed when a backup is restored from before, though no backup was made since", async () => {
  const [ann, late] = [await say("of Ann"), { userId: "" }];
  await backUp(context);
  late.userId = (await say("later")).userId;
  await destroyDataKey(db, ann.userId);
  expect((await restore(context, SWAP)).erased).toEqual({ documents: 1, lost: 0 });
  await expect(read(ann)).rejects.toMatchObject({ code: "content_destroyed" });
  expect(await collection("data_keys").findOne({ _id: late.userId })).not.toBeNull();
});

it("stay in the archive when the database has lost them, and none takes another's place", async () => {
  const ann = await say("of Ann");
  const { stamp } = (await backUp(context)).manifest;
  await db.dropDatabase();
  await say("of somebody new");
  expect(await backUp(context)).toMatchObject({ dataKeys: 2 });
  await say("once more", ann.userId);
  await expect(backUp(context)).rejects.toThrow(new RegExp(`user ${ann.userId} has another data key`));
  expect((await archive()).count).toBe(2);
  await restore(context, { ...SWAP, at: stamp });
  expect(await read(ann)).toBe("of Ann");
});

it("are missed where they are lacking without having been destroyed: by a drill, and before a swap", async () => {
  await say("of Ann");
  await db.collection("data_keys").deleteMany({});
  await expect(drill(context)).rejects.toThrow(/1 restored documents have no data key/);
  await expect(restore(context, SWAP)).rejects.toThrow(/not swapped: 1 documents have no data key/);
  expect(await restore(context, { swap: true, repair: true })).toMatchObject({ erased: { lost: 1 } });
});

it("are refused when the archive was changed, and the one before is not overwritten", async () => {
  await say("of Ann");
  await backUp(context);
  const path = join(directory, KEYS_ARCHIVE);
  const bytes = await readFile(path);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
  await writeFile(path, bytes);
  const count = (await files()).length;
  await expect(backUp(context)).rejects.toThrow(/archive of data keys can't be read/);
  await expect(restore(context, SWAP)).rejects.toThrow(/archive of data keys can't be read/);
  expect(await readFile(path)).toEqual(bytes);
  expect(await files()).toHaveLength(count);
});
