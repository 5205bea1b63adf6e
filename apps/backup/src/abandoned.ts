import type { MongoClient } from "mongodb";
import { dateOf } from "./folders.ts";

/** Longer than the CronJob's deadline of one hour: what is older has nobody who works on it. */
export const ABANDONED_MS = 2 * 60 * 60 * 1000;

/** @returns the name of the scratch database of the restore that began at `stamp`. */
export const scratchName = (database: string, stamp: string) => `${database}_restore_${stamp}`;

/** Drops the scratch databases of restores that were killed. */
export async function dropAbandoned(client: MongoClient, database: string, now: Date): Promise<void> {
  const prefix = scratchName(database, "");
  const { databases } = await client.db("admin").admin().listDatabases({ nameOnly: true });
  for (const { name } of databases) {
    if (!name.startsWith(prefix)) continue;
    const age = now.getTime() - dateOf(name.slice(prefix.length)).getTime();
    if (age > ABANDONED_MS) await client.db(name).dropDatabase();
  }
}
