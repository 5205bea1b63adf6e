import { setTimeout as delay } from "node:timers/promises";
import { type Db, type MongoClient, MongoServerError } from "mongodb";
import type { z } from "zod";
import type { mongoConfig } from "./config.ts";
import { followingDb } from "./following-db.ts";
import type { Logger } from "./logger.ts";
import { type MongoCredentials, type OpenClient, openClient, readMongoCredentials } from "./mongo-client.ts";

const PATIENCE_MS = 60_000;
const POLL_MS = 5000;

export interface Database {
  /** The client at the moment. */
  readonly client: MongoClient;
  /** Goes to the client at the moment. */
  readonly db: Db;
  close(): Promise<void>;
}

/**
 * Connects to the database that the URI names, and waits up to 60 s until it answers. With a `logger`, it follows the
 * files of its credentials: when they change, a new client takes over once it has reached the database, and what is
 * under way ends on the one before.
 *
 * @param name tells the connections of one service from another's in the server's log
 * @throws the last connection error
 */
export async function connectMongo(
  config: z.infer<typeof mongoConfig>,
  name: string,
  logger?: Logger,
): Promise<Database> {
  let current = openClient(await readMongoCredentials(config), name);
  await awaitAnswer(current);
  const closing = new AbortController();
  const retiring = new Set<Promise<void>>();

  async function takeOver(next: OpenClient): Promise<void> {
    try {
      await ping(next);
    } catch (error) {
      await next.client.close();
      throw error;
    }
    const before = current;
    current = next;
    const retired = before.retire(closing.signal).finally(() => retiring.delete(retired));
    retiring.add(retired);
  }

  async function follow(): Promise<void> {
    while (!closing.signal.aborted) {
      await delay(POLL_MS, undefined, { signal: closing.signal, ref: false });
      try {
        const credentials = await readMongoCredentials(config);
        if (same(credentials, current.credentials)) continue;
        await takeOver(openClient(credentials, name));
        logger?.info("the database's credentials changed");
      } catch (error) {
        logger?.warn("the database's changed credentials can't be used yet; those before stay", { error });
      }
    }
  }

  const follows = logger !== undefined && Boolean(config.MONGODB_URI_FILE);
  const following = follows ? follow().catch(() => {}) : undefined;
  return {
    get client() {
      return current.client;
    },
    db: follows ? followingDb(() => current.client.db()) : current.client.db(),
    async close() {
      closing.abort();
      await following;
      await Promise.all([...retiring, current.client.close()]);
    },
  };
}

async function awaitAnswer(open: OpenClient): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; ; await delay(500)) {
    try {
      return await ping(open);
    } catch (error) {
      if (Date.now() < deadline) continue;
      await open.client.close();
      throw error;
    }
  }
}

async function ping({ client }: OpenClient): Promise<void> {
  await client.db().command({ ping: 1 });
}

function same(one: MongoCredentials, other: MongoCredentials): boolean {
  return (["uri", "authorities", "certificateAndKey"] as const).every((key) => one[key] === other[key]);
}

/** Whether a write failed because a unique index already has the key (E11000). */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}
