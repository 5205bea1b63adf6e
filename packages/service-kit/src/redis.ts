import { createClient, type RedisClientType } from "redis";
import type { z } from "zod";
import type { redisConfig } from "./config.ts";
import type { Logger } from "./logger.ts";
import { followRedisCredentials, splitRedisUrl } from "./redis-credentials.ts";

export type RedisClient = RedisClientType;

const PATIENCE_MS = 60_000;
const MAX_BACKOFF_MS = 2000;

/**
 * Connects to Redis and waits up to 60 s until it answers. The client reconnects for ever, with a growing pause, and
 * follows the user and password in the file of its URL.
 *
 * @throws an Error when Redis has not answered in time
 */
export async function connectRedis(
  config: z.infer<typeof redisConfig>,
  logger?: Logger,
): Promise<RedisClient> {
  const client = createReconnecting(config, logger);
  let lastError: unknown;
  client.on("error", (error) => {
    lastError = error;
  });
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error("Redis has not answered within 60 s; check REDIS_URL", { cause: lastError })),
      PATIENCE_MS,
    );
  });
  try {
    await Promise.race([client.connect(), patience]);
    return client;
  } catch (error) {
    client.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A client for what can do without Redis: it connects in the background, for ever, and refuses commands while it is not
 * connected.
 */
export function openRedis(
  config: z.infer<typeof redisConfig>,
  logger?: Logger,
): { client: RedisClient; close(): void } {
  const client = createReconnecting(config, logger, { disableOfflineQueue: true });
  // Fails only when it is closed before it has connected.
  client.connect().catch(() => {});
  return {
    client,
    close() {
      if (client.isOpen) client.destroy();
    },
  };
}

function createReconnecting(
  config: z.infer<typeof redisConfig>,
  logger?: Logger,
  options: { disableOfflineQueue?: boolean } = {},
): RedisClient {
  const { address, credentials: initial } = splitRedisUrl(config.REDIS_URL);
  const credentials = followRedisCredentials({ initial, file: config.REDIS_URL_FILE, logger });
  const client: RedisClient = createClient({
    ...options,
    url: address,
    credentialsProvider: credentials.provider,
    socket: {
      connectTimeout: 5000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, MAX_BACKOFF_MS) + Math.random() * 100,
    },
  });
  client.once("end", credentials.close);
  // Without a listener, a lost connection would end the process.
  client.on("error", (error) => logger?.warn("Redis connection failed; it is tried again", { error }));
  return client;
}
