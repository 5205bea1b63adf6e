import { LRUCache } from "lru-cache";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import { createBreaker } from "./breaker.ts";
import { inTime } from "./deadline.ts";
import type { Logger } from "./logger.ts";
import type { RedisClient } from "./redis.ts";

/** So many requests in a window, which begins with a key's first one and ends by itself. */
export interface RateLimit {
  readonly requests: number;
  /** Length of the window, in whole seconds. */
  readonly seconds: number;
  /** What each replica admits on its own while Redis is away. */
  readonly requestsWithoutRedis: number;
}

export interface RateLimitVerdict {
  readonly admitted: boolean;
  /** Requests and seconds of the limit that decided. */
  readonly limit: number;
  readonly seconds: number;
  readonly remaining: number;
  /** Seconds until the window ends, at least 1. */
  readonly reset: number;
  /** Where it was counted. `memory`: nowhere, since the key had used up its window before. */
  readonly store: "redis" | "local" | "memory";
}

export interface RateLimiter {
  /** Counts one request of a key. Never throws: without Redis it counts in this process. */
  consume(key: string): Promise<RateLimitVerdict>;
}

const REDIS_PATIENCE_MS = 1000;
const REDIS_RETRY_MS = 500;
const REDIS_FAILURES = 3;
const MAX_EXHAUSTED_KEYS = 10_000;

/**
 * Limits that are exact over all replicas: each request is one atomic call to Redis, and a key that has used up its
 * window costs none until this ends. While Redis is away, or slower than a second, each replica counts by itself.
 *
 * @param redis a client that refuses commands while it is not connected; see `openRedis`
 * @param limits by name; a key is counted under each name on its own
 */
export function createRateLimiters<Name extends string>(
  redis: RedisClient,
  limits: Readonly<Record<Name, RateLimit>>,
  logger?: Logger,
): Readonly<Record<Name, RateLimiter>> {
  const breaker = createBreaker({
    failures: REDIS_FAILURES,
    retryAfterMs: REDIS_RETRY_MS,
    onChange: (isOpen) =>
      isOpen
        ? logger?.warn("Redis does not answer; each replica limits requests by itself")
        : logger?.info("Redis answers; limits are exact over all replicas again"),
  });
  const entries = Object.entries<RateLimit>(limits).map(([name, limit]) => {
    const shared = new RateLimiterRedis({
      storeClient: redis,
      useRedisPackage: true,
      rejectIfRedisNotReady: true,
      keyPrefix: `limit:${name}`,
      points: limit.requests,
      duration: limit.seconds,
    });
    const local = new RateLimiterMemory({ points: limit.requestsWithoutRedis, duration: limit.seconds });
    return [name, createRateLimiter({ limit, shared, local, breaker })];
  });
  return Object.fromEntries(entries);
}

function createRateLimiter(parts: {
  limit: RateLimit;
  shared: RateLimiterRedis;
  local: RateLimiterMemory;
  breaker: ReturnType<typeof createBreaker>;
}): RateLimiter {
  const { limit, shared, local, breaker } = parts;
  const { requests, seconds, requestsWithoutRedis } = limit;
  const exhausted = new LRUCache<string, true>({ max: MAX_EXHAUSTED_KEYS });

  return {
    async consume(key) {
      const left = exhausted.getRemainingTTL(key);
      if (left > 0) {
        return {
          admitted: false,
          limit: requests,
          seconds,
          remaining: 0,
          reset: toSeconds(left),
          store: "memory",
        };
      }
      try {
        const sent = performance.now();
        const verdict = await breaker.run(() => inTime(count(shared, key), REDIS_PATIENCE_MS));
        // The time that the answer took is off: rather a call too many than a window too long.
        const certain = verdict.ms - (performance.now() - sent);
        if (verdict.remaining === 0 && certain > 0) exhausted.set(key, true, { ttl: certain });
        return { ...toVerdict(verdict), limit: requests, seconds, store: "redis" };
      } catch {
        return {
          ...toVerdict(await count(local, key)),
          limit: requestsWithoutRedis,
          seconds,
          store: "local",
        };
      }
    },
  };
}

interface Count {
  readonly admitted: boolean;
  readonly remaining: number;
  /** Milliseconds until the window ends. */
  readonly ms: number;
}

async function count(limiter: RateLimiterRedis | RateLimiterMemory, key: string): Promise<Count> {
  const toCount = (admitted: boolean, { remainingPoints, msBeforeNext }: RateLimiterRes) => ({
    admitted,
    remaining: remainingPoints,
    ms: msBeforeNext,
  });
  try {
    return toCount(true, await limiter.consume(key));
  } catch (error) {
    // The library throws its verdict on who is over the limit.
    if (error instanceof RateLimiterRes) return toCount(false, error);
    throw error;
  }
}

function toVerdict({ admitted, remaining, ms }: Count) {
  return { admitted, remaining, reset: toSeconds(ms) };
}

function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

/**
 * What a client is told of its limit: `RateLimit` and `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers-10 has
 * them, and the older `X-Rate-Limit-*`, whose reset is in seconds from now.
 */
export function rateLimitHeaders(name: string, verdict: RateLimitVerdict): Record<string, string> {
  const { limit, seconds, remaining, reset } = verdict;
  return {
    "RateLimit-Policy": `"${name}";q=${limit};w=${seconds}`,
    RateLimit: `"${name}";r=${remaining};t=${reset}`,
    "X-Rate-Limit-Limit": `${limit}`,
    "X-Rate-Limit-Remaining": `${remaining}`,
    "X-Rate-Limit-Reset": `${reset}`,
  };
}
