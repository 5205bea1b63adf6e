import { randomBytes, randomUUID } from "node:crypto";
import { mkdtempDisposable, readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunEvent, SOCKET_PATH } from "@mobile-ai-agent/contracts";
import { connectMongo, connectRedis } from "@mobile-ai-agent/service-kit";
import { createIssuer } from "@mobile-ai-agent/test-support";
import type { Db } from "mongodb";
import { io, type Socket } from "socket.io-client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { backUp } from "../../apps/backup/src/back-up.ts";
import { deriveKeys } from "../../apps/backup/src/keys.ts";
import { noise } from "../../apps/media-processing/src/testing/samples.ts";
import { type Platform, startPlatform } from "./platform.ts";

/** In everything that the user and the agent say. */
const MARKER = "Xanadu-7391";
const cleanup = new AsyncDisposableStack();
const issuer = createIssuer();
const userId = randomUUID();
const token = issuer.token({ claims: { sub: userId } });
let platform: Platform;
let db: Db;
let redis: Awaited<ReturnType<typeof connectRedis>>;
let picture: Buffer;
let backups: string;
/** What passed between the replicas, as Redis had it. */
const told: string[] = [];

beforeAll(async () => {
  platform = await startPlatform(issuer);
  cleanup.defer(() => platform.stop());
  const { MONGODB_URI, REDIS_URL } = platform.stores;
  const mongo = await connectMongo({ MONGODB_URI }, "test");
  cleanup.defer(() => mongo.close());
  db = mongo.db;
  redis = await connectRedis({ REDIS_URL });
  cleanup.defer(() => redis.close());
  const model = await platform.startAgent();
  const call = {
    name: "update_context",
    arguments: { session_id: "" as string | undefined, patch: { note: MARKER } },
  };
  const session = await post("/api/session/create", { title: MARKER, device_info: { name: MARKER } });
  call.arguments.session_id = session.session_id;
  model.script({ words: [`Look at ${MARKER}`], calls: [call] }, { words: [`${MARKER} `, "it is."] });
  const listener = redis.duplicate();
  await listener.connect();
  cleanup.defer(() => listener.destroy());
  await listener.subscribe("user-events", (text) => told.push(text));
  await converse(session.session_id ?? "");
  const folder = cleanup.use(await mkdtempDisposable(join(tmpdir(), "backups-")));
  backups = folder.path;
  await backUp({
    ...{ client: mongo.client, database: db.databaseName, directory: backups, retentionDays: 7 },
    ...{ keys: deriveKeys(randomBytes(32)), now: () => new Date() },
  });
});
afterAll(() => cleanup.disposeAsync());

async function post(path: string, body: object | Uint8Array<ArrayBuffer>): Promise<Record<string, string>> {
  const bytes = body instanceof Uint8Array;
  const response = await fetch(platform.gateway + path, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": bytes ? "image/png" : "application/json",
    },
    body: bytes ? body : JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Record<string, string>;
}

/** A picture with a caption, sent over a socket while another device listens, and its answer to the end. */
async function converse(sessionId: string): Promise<void> {
  const media = await post("/api/media", await noise(400, 300));
  picture = Buffer.from(await (await fetch(platform.gateway + media.url)).arrayBuffer());
  const [phone, tablet] = [connect(), connect()];
  const created = new Promise((resolve) => tablet.once("message:created", resolve));
  await new Promise<void>((resolve) => tablet.once("connect", resolve));
  const content = `What is at ${MARKER}?`;
  const message = { sessionId, clientMessageId: randomUUID(), type: "image", content, mediaId: media.id };
  const { data, error } = await phone.emitWithAck("message:send", message);
  expect(error).toBeUndefined();
  expect(await created).toMatchObject({ message: { content } });
  const answered = new Promise<string>((resolve) => {
    let text = "";
    phone.on("run:event", (event: RunEvent) => {
      if (event.kind === "token") text += event.text;
      else resolve(text);
    });
  });
  await phone.emitWithAck("run:subscribe", { runId: data.runId, after: 0 });
  expect(await answered).toBe(`Look at ${MARKER}\n\n${MARKER} it is.`);
}

function connect(): Socket {
  const socket = io(platform.sockets, { path: SOCKET_PATH, transports: ["websocket"], auth: { token } });
  cleanup.defer(() => void socket.disconnect());
  return socket;
}

/** Places where a text is in clear, also in base64. */
async function findInDatabase(text: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await db.listCollections().toArray()) {
    for await (const raw of db.collection(name).find({}, { raw: true })) {
      if (contains(raw as unknown as Buffer, text)) found.push(name);
    }
  }
  return found;
}

async function findInRedis(text: string): Promise<string[]> {
  const found: string[] = [];
  for await (const keys of redis.scanIterator()) {
    for (const key of keys) {
      const value = JSON.stringify(await readKey(key));
      if (contains(Buffer.from(key + value), text)) found.push(key);
    }
  }
  return found;
}

async function readKey(key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === "stream") return await redis.xRange(key, "-", "+");
  if (type === "hash") return await redis.hGetAll(key);
  if (type === "set") return await redis.sMembers(key);
  if (type === "zset") return await redis.zRange(key, 0, -1);
  if (type === "list") return await redis.lRange(key, 0, -1);
  if (type === "string") return await redis.get(key);
  throw new Error(`the test does not know how to read a ${type}`);
}

const contains = (bytes: Buffer, text: string) =>
  bytes.includes(text) || bytes.includes(Buffer.from(text).toString("base64").slice(0, -4));

async function filesOf(folder: string): Promise<{ name: string; bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  return await Promise.all(paths.map(async (name) => ({ name, bytes: await readFile(name) })));
}

it("nothing of a conversation is in clear in the database", async () => {
  expect(await db.collection("messages").countDocuments({ user_id: userId })).toBe(2);
  expect(await findInDatabase(MARKER)).toEqual([]);
});

it("nor in Redis, which has the answer's log and what the replicas told each other", async () => {
  const keys = await redis.keys("*");
  expect(keys.filter((key) => key.startsWith("run:{"))).toHaveLength(1);
  expect(told.length).toBeGreaterThan(0);
  for (const text of told) expect(contains(Buffer.from(text), MARKER)).toBe(false);
  expect(await findInRedis(MARKER)).toEqual([]);
});

it("nor in the object store, which has the picture and its thumbnail", async () => {
  const objects = await filesOf(platform.stores.objects);
  expect(objects).toHaveLength(2);
  expect(picture.length).toBeGreaterThan(10_000);
  for (const { bytes } of objects) {
    expect(bytes.includes("WEBP")).toBe(false);
    for (const at of [0, 5000, picture.length - 32]) {
      expect(bytes.includes(picture.subarray(at, at + 32))).toBe(false);
    }
  }
});

it("nor in a backup, none of whose dated files has the keys", async () => {
  const files = await filesOf(backups);
  expect(files.length).toBeGreaterThan(5);
  for (const { name, bytes } of files) expect(contains(bytes, MARKER), name).toBe(false);
  expect(files.filter(({ name }) => /data.keys/.test(name))).toHaveLength(1);
  expect(await readdir(backups)).toContain("data-keys.bson.gz.enc");
});

it("and the search would find it: planted in each place, it does", async () => {
  await db.collection("planted").insertOne({ deep: [{ text: `so ${MARKER}` }] });
  await redis.xAdd("planted", "*", { data: Buffer.from(`${MARKER}!!!`).toString("base64") });
  expect(await findInDatabase(MARKER)).toEqual(["planted"]);
  expect(await findInRedis(MARKER)).toEqual(["planted"]);
});
