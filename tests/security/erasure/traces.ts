import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { isCollection, STORES } from "@mobile-ai-agent/erasure";
import type { connectRedis } from "@mobile-ai-agent/service-kit";
import { BSON, type Db } from "mongodb";

type Redis = Awaited<ReturnType<typeof connectRedis>>;

/** Where something of a user was found. */
export interface Trace {
  readonly store: string;
  /** Of a document, or a key. */
  readonly id: string;
}

/** Documents that have one of the texts anywhere, in clear or in base64, or one of the byte sequences. */
export async function tracesInDatabase(db: Db, marks: readonly (string | Buffer)[]): Promise<Trace[]> {
  const traces: Trace[] = [];
  for (const { name } of await db.listCollections().toArray()) {
    for await (const raw of db.collection(name).find({}, { raw: true })) {
      const bytes = raw as unknown as Buffer;
      if (hasAny(bytes, marks)) traces.push({ store: name, id: String(BSON.deserialize(bytes)._id) });
    }
  }
  return traces;
}

export async function tracesInRedis(redis: Redis, marks: readonly string[]): Promise<Trace[]> {
  const traces: Trace[] = [];
  for await (const keys of redis.scanIterator()) {
    for (const key of keys) {
      const content = Buffer.from(key + JSON.stringify(await readKey(redis, key)));
      if (hasAny(content, marks)) traces.push({ store: redisStoreOf(key), id: key });
    }
  }
  return traces;
}

export async function tracesInObjects(folder: string, marks: readonly string[]): Promise<Trace[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const traces: Trace[] = [];
  for (const path of paths) {
    const bytes = Buffer.concat([Buffer.from(path), await readFile(path)]);
    if (hasAny(bytes, marks)) traces.push({ store: "objects", id: path.slice(folder.length) });
  }
  return traces;
}

/** The longest name in the list that a key begins with. @throws Error for a key that the list does not know */
export function redisStoreOf(key: string): string {
  const names = STORES.filter((store) => store.kind === "redis" && key.startsWith(store.name));
  const [longest] = names.toSorted((one, other) => other.name.length - one.name.length);
  if (longest === undefined) {
    throw new Error(`Redis has the key ${key}, of which packages/erasure/src/stores.ts knows nothing`);
  }
  return longest.name;
}

/** What is not in the list of stores: whoever adds a store of users has to say how it is erased. */
export function unlisted(traces: readonly Trace[]): string[] {
  const names = new Set(STORES.filter((one) => isCollection(one) && one.found).map(({ name }) => name));
  const redis = new Set(STORES.filter(({ kind }) => kind === "redis").map(({ name }) => name));
  return [...new Set(traces.map(({ store }) => store))].filter((one) => !names.has(one) && !redis.has(one));
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key);
  if (type === "stream") return await redis.xRange(key, "-", "+");
  if (type === "hash") return await redis.hGetAll(key);
  if (type === "set") return await redis.sMembers(key);
  if (type === "zset") return await redis.zRange(key, 0, -1);
  if (type === "list") return await redis.lRange(key, 0, -1);
  return await redis.get(key);
}

function hasAny(bytes: Buffer, marks: readonly (string | Buffer)[]): boolean {
  return marks.some(
    (mark) =>
      bytes.includes(mark) ||
      (typeof mark === "string" && bytes.includes(Buffer.from(mark).toString("base64").slice(0, -4))),
  );
}
