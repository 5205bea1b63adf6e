import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { MongoClient } from "mongodb";
import type { z } from "zod";
import type { mongoConfig } from "./config.ts";

/** A cursor that asks for its next batch later than that is lost. */
const IDLE_MS = 60_000;
const LOOK_MS = 1000;

/** What lets a service in: the URI with a password, or a certificate and its key, and whom it trusts. */
export interface MongoCredentials {
  readonly uri: string;
  readonly authorities: string | undefined;
  readonly certificateAndKey: string | undefined;
}

export interface OpenClient {
  readonly client: MongoClient;
  readonly credentials: MongoCredentials;
  /** Closes once none of its connections has been used for a minute, or at once when it is told to. */
  retire(atOnce: AbortSignal): Promise<void>;
}

/** @throws when a file is not there */
export async function readMongoCredentials(config: z.infer<typeof mongoConfig>): Promise<MongoCredentials> {
  const read = async (path: string | undefined) => (path ? await readFile(path, "utf8") : undefined);
  const [uri, authorities, certificateAndKey] = await Promise.all(
    [config.MONGODB_URI_FILE, config.MONGODB_TLS_CA_FILE, config.MONGODB_TLS_CERTIFICATE_KEY_FILE].map(read),
  );
  return { uri: uri?.trim() ?? config.MONGODB_URI, authorities, certificateAndKey };
}

/**
 * A client that connects with these credentials at its first command.
 *
 * @param name tells the connections of one service from another's in the server's log
 */
export function openClient(credentials: MongoCredentials, name: string): OpenClient {
  const { uri, authorities, certificateAndKey } = credentials;
  const client = new MongoClient(uri, {
    appName: name,
    serverSelectionTimeoutMS: 5000,
    ...(authorities && { tls: true, ca: authorities }),
    ...(certificateAndKey && { cert: certificateAndKey, key: certificateAndKey }),
  });
  const use = { now: 0, last: performance.now() };
  const count = (change: number) => {
    use.now += change;
    use.last = performance.now();
  };
  client.on("connectionCheckedOut", () => count(1)).on("connectionCheckedIn", () => count(-1));
  return {
    client,
    credentials,
    async retire(signal) {
      const isQuiet = () => use.now === 0 && performance.now() - use.last >= IDLE_MS;
      while (!signal.aborted && !isQuiet()) {
        await delay(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
      }
      await client.close();
    },
  };
}
