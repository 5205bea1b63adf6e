import { setTimeout as delay } from "node:timers/promises";
import { eventually, freePort, startRedis } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRateLimiters, type RateLimiter, rateLimitHeaders } from "./rate-limiter.ts";
import { connectRedis, openRedis, type RedisClient } from "./redis.ts";

let port: number;
let redis: Awaited<ReturnType<typeof startRedis>>;
let admin: RedisClient;
const cleanup = new AsyncDisposableStack();

beforeAll(async () => {
  port = await freePort();
  redis = await startRedis({ port });
  admin = await connectRedis({ REDIS_URL: redis.url });
});
afterAll(async () => {
  admin?.destroy();
  await cleanup.disposeAsync();
  await redis?.stop();
});

/** One replica: a connection and a memory of its own. */
async function replica(limit: { requests: number; seconds: number; requestsWithoutRedis?: number }) {
  const { client, close } = openRedis({ REDIS_URL: redis.url });
  cleanup.defer(close);
  await eventually(() => client.isReady);
  return createRateLimiters(client, { test: { requestsWithoutRedis: limit.requests, ...limit } }).test;
}

const replicas = (limit: Parameters<typeof replica>[0]) =>
  Promise.all([replica(limit), replica(limit), replica(limit)]);

/** @returns how many of `total` requests at once the replicas admit, and where they were counted. */
async function storm(limiters: readonly RateLimiter[], key: string, total: number) {
  const verdicts = await Promise.all(
    Array.from({ length: total }, (_, n) => (limiters[n % limiters.length] as RateLimiter).consume(key)),
  );
  const stores = [...new Set(verdicts.map(({ store }) => store))];
  return { admitted: verdicts.filter(({ admitted }) => admitted).length, stores, verdicts };
}

const callsOf = async (command: string) =>
  Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(await admin.info("commandstats"))?.[1] ?? 0);

describe("limits in Redis", () => {
  it("are exact over three replicas under 1000 requests at once, in each window", async () => {
    const limiters = await replicas({ requests: 37, seconds: 2 });
    expect(await storm(limiters, "exact", 1000)).toMatchObject({ admitted: 37 });
    await eventually(async () => !(await admin.exists("limit:test:exact")));
    await delay(20);
    expect(await storm(limiters, "exact", 1000)).toMatchObject({ admitted: 37 });
  });

  it("count keys and names apart", async () => {
    const limiters = await replicas({ requests: 5, seconds: 60 });
    const [one, other] = await Promise.all([storm(limiters, "one", 50), storm(limiters, "other", 50)]);
    expect([one.admitted, other.admitted]).toEqual([5, 5]);
  });

  it("end their window when it began to, whatever comes meanwhile", async () => {
    const limiter = await replica({ requests: 1000, seconds: 2 });
    const begin = Date.now();
    let left = Number.POSITIVE_INFINITY;
    while (Date.now() - begin < 1500) {
      await limiter.consume("hammered");
      const now = await admin.pTTL("limit:test:hammered");
      expect(now).toBeGreaterThan(0);
      expect(now).toBeLessThanOrEqual(left);
      left = now;
    }
    expect(left).toBeLessThanOrEqual(600);
  });

  it("cost one call a request, and none for a key that has used up its window", async () => {
    const limiter = await replica({ requests: 10, seconds: 60 });
    const before = await callsOf("eval");
    await storm([limiter], "calls", 10);
    expect((await callsOf("eval")) - before).toBe(10);
    const { verdicts, stores } = await storm([limiter], "calls", 500);
    expect((await callsOf("eval")) - before).toBe(10);
    expect(stores).toEqual(["memory"]);
    expect(verdicts[0]).toMatchObject({ admitted: false, limit: 10, seconds: 60, remaining: 0 });
    expect(verdicts[0]?.reset).toBeGreaterThan(55);
  });

  it("tell the client what is left", async () => {
    const limiter = await replica({ requests: 3, seconds: 60 });
    const first = await limiter.consume("told");
    expect(rateLimitHeaders("test", first)).toEqual({
      "RateLimit-Policy": '"test";q=3;w=60',
      RateLimit: '"test";r=2;t=60',
      "X-Rate-Limit-Limit": "3",
      "X-Rate-Limit-Remaining": "2",
      "X-Rate-Limit-Reset": "60",
    });
  });
});

describe("without Redis", () => {
  it("each replica counts by itself, at once, and all together again when it is back", async () => {
    const limiters = await replicas({ requests: 20, seconds: 60, requestsWithoutRedis: 4 });
    expect((await storm(limiters, "before", 100)).admitted).toBe(20);

    await redis.stop();
    const away = await storm(limiters, "away", 300);
    expect(away).toMatchObject({ admitted: 3 * 4, stores: ["local"] });
    expect(away.verdicts[0]).toMatchObject({ limit: 4 });
    // Who had used up the window before is not let in by the failure.
    expect((await storm(limiters, "before", 300)).admitted).toBe(0);

    redis = await startRedis({ port });
    for (const [n, limiter] of limiters.entries())
      await eventually(async () => (await limiter.consume(`probe${n}`)).store === "redis");
    expect(await storm(limiters, "back", 300)).toMatchObject({ admitted: 20 });
  });

  it("waits only briefly for one that hangs", async () => {
    const limiter = await replica({ requests: 20, seconds: 60, requestsWithoutRedis: 7 });
    await eventually(async () => (await admin.ping()) === "PONG");
    const before = await callsOf("eval");
    redis.pause();
    try {
      expect(await storm([limiter], "hung", 100)).toMatchObject({ admitted: 7, stores: ["local"] });
      // By now it is known: nobody asks and waits any more.
      expect((await storm([limiter], "hung", 100)).stores).toEqual(["local"]);
    } finally {
      redis.resume();
    }
    expect((await callsOf("eval")) - before).toBeLessThanOrEqual(100);
    await eventually(async () => (await limiter.consume("probe")).store === "redis");
  });

  it("a limit can be closed", async () => {
    const { client, close } = openRedis({ REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    cleanup.defer(close);
    const { test } = createRateLimiters(client, {
      test: { requests: 20, seconds: 60, requestsWithoutRedis: 0 },
    });
    expect(await test.consume("closed")).toMatchObject({ admitted: false, limit: 0, store: "local" });
  });
});
