import type { RedisClientType } from "redis";

export type RedisClient = RedisClientType;

/**
 * A second connection with the options of the first, for commands that block; the first reports the faults of
 * both.
 */
export async function connectSecond(redis: RedisClient): Promise<RedisClient> {
  const second = redis.duplicate();
  second.on("error", () => {});
  await second.connect();
  return second;
}
