import { setTimeout as delay } from "node:timers/promises";
import { type Db, MongoClient, MongoServerError } from "mongodb";
import type { z } from "zod";
import type { mongoConfig } from "./config.ts";

const PATIENCE_MS = 60_000;

/**
 * Connects to the database that the URI names, and waits up to 60 s until it answers.
 *
 * @param name tells the connections of one service from another's in the server's log
 * @throws the last connection error
 */
export async function connectMongo(
  config: z.infer<typeof mongoConfig>,
  name: string,
): Promise<{ client: MongoClient; db: Db; close(): Promise<void> }> {
  const client = new MongoClient(config.MONGODB_URI, {
    appName: name,
    serverSelectionTimeoutMS: 5000,
    ...(config.MONGODB_TLS_CA_FILE && { tls: true, tlsCAFile: config.MONGODB_TLS_CA_FILE }),
    ...(config.MONGODB_TLS_CERTIFICATE_KEY_FILE && {
      tlsCertificateKeyFile: config.MONGODB_TLS_CERTIFICATE_KEY_FILE,
    }),
  });
  const db = client.db();
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      await db.command({ ping: 1 });
      return { client, db, close: () => client.close() };
    } catch (error) {
      if (Date.now() >= deadline) {
        await client.close();
        throw error;
      }
      await delay(500);
    }
  }
}

/** Whether a write failed because a unique index already has the key (E11000). */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}
