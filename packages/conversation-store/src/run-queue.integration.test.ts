import { randomUUID } from "node:crypto";
import { eventually, startRedis } from "@mobile-ai-agent/test-support";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { RedisClient } from "./redis-client.ts";
import { createRunQueue, type RunQueue } from "./run-queue.ts";

const CLAIM_AFTER_MS = 600;

let server: Awaited<ReturnType<typeof startRedis>>;
let redis: RedisClient;
let queue: RunQueue;
let stop: AbortController;
let consumers: Promise<void>[];

beforeAll(async () => {
  server = await startRedis();
});

afterAll(() => server?.stop());

beforeEach(async () => {
  redis = createClient({ url: server.url });
  await redis.connect();
  await redis.flushAll();
  queue = createRunQueue(redis);
  stop = new AbortController();
  consumers = [];
});

afterEach(async () => {
  stop.abort();
  await Promise.all(consumers);
  redis.destroy();
});

function consume(
  handle: (runId: string) => Promise<void>,
  { consumer = "one", concurrency = 1, signal = stop.signal, via = queue } = {},
): Promise<void> {
  const consumed = via.consume({ consumer, signal, concurrency, claimAfterMs: CLAIM_AFTER_MS }, handle);
  consumers.push(consumed.catch(() => {}));
  return consumed;
}

const isEmpty = async () => (await redis.xLen("runs")) === 0 && (await redis.sCard("{runs}:queued")) === 0;

describe("run queue", () => {
  it("hands out each run once, in order, and forgets it when it is done", async () => {
    const runs = Array.from({ length: 5 }, () => randomUUID());
    for (const runId of runs) await queue.enqueue(runId);
    const handled: string[] = [];
    consume(async (runId) => void handled.push(runId));
    await eventually(isEmpty);
    expect(handled).toEqual(runs);
  });

  it("hands out the trace that a run was queued with, also to the one that claims it", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const [traced, untraced] = [randomUUID(), randomUUID()];
    await queue.enqueue(traced, traceparent);
    await queue.enqueue(untraced);
    const handled: unknown[] = [];
    consume(async (...run) => {
      handled.push(run);
      if (handled.length === 1) throw new Error("again");
    });
    await eventually(isEmpty);
    expect(handled).toHaveLength(3);
    expect(
      handled.filter((run) => JSON.stringify(run) === JSON.stringify([traced, traceparent])),
    ).toHaveLength(2);
    expect(handled).toContainEqual([untraced, undefined]);
  });

  it("does not queue a run twice while it is queued or handled, and does afterwards", async () => {
    const runId = randomUUID();
    await queue.enqueue(runId);
    await queue.enqueue(runId);
    expect(await redis.xLen("runs")).toBe(1);
    consume(async () => {});
    await eventually(isEmpty);
    stop.abort();
    await Promise.all(consumers);
    await queue.enqueue(runId);
    expect(await redis.xLen("runs")).toBe(1);
  });

  it("gives the run of a consumer that died to another", async () => {
    const runId = randomUUID();
    const doomed = createClient({ url: server.url, socket: { reconnectStrategy: false } });
    doomed.on("error", () => {});
    await doomed.connect();
    const taken = Promise.withResolvers<string>();
    const never = new Promise<void>(() => {});
    const handle = (id: string) => {
      taken.resolve(id);
      return never;
    };
    const options = { consumer: "doomed", signal: stop.signal, concurrency: 1, claimAfterMs: CLAIM_AFTER_MS };
    createRunQueue(doomed)
      .consume(options, handle)
      .catch(() => {});
    await queue.enqueue(runId);
    expect(await taken.promise).toBe(runId);
    // Its heartbeats end with its connection, as those of a killed process do.
    doomed.destroy();
    const claimed = Promise.withResolvers<string>();
    consume(async (id) => claimed.resolve(id), { consumer: "heir" });
    expect(await claimed.promise).toBe(runId);
    await eventually(isEmpty);
  });

  it("leaves a long run to a consumer that lives", async () => {
    const runId = randomUUID();
    await queue.enqueue(runId);
    const first = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    consume(async () => {
      first.resolve();
      await release.promise;
    });
    await first.promise;
    const stolen: string[] = [];
    const second: string[] = [];
    consume(
      async (id) => {
        (id === runId ? stolen : second).push(id);
      },
      { consumer: "idle" },
    );
    // The other consumer goes through its claims for longer than a silent owner would be left alone.
    const begin = Date.now();
    while (Date.now() - begin < 3 * CLAIM_AFTER_MS) {
      const next = randomUUID();
      await queue.enqueue(next);
      await eventually(() => second.includes(next));
    }
    expect(stolen).toEqual([]);
    release.resolve();
    await eventually(isEmpty);
  });

  it("hands a run out again when handling it failed", async () => {
    const runId = randomUUID();
    await queue.enqueue(runId);
    let attempts = 0;
    consume(async () => {
      attempts += 1;
      if (attempts === 1) throw new Error("planted");
    });
    await eventually(isEmpty);
    expect(attempts).toBe(2);
  });

  it("finishes what is in hand on stop, and takes no more", async () => {
    const runs = [randomUUID(), randomUUID()];
    for (const runId of runs) await queue.enqueue(runId);
    const begun: string[] = [];
    const release = Promise.withResolvers<void>();
    const consumed = consume(async (runId) => {
      begun.push(runId);
      await release.promise;
    });
    await eventually(() => begun.length === 1);
    stop.abort();
    release.resolve();
    await consumed;
    expect(begun).toEqual(runs.slice(0, 1));
    expect(await redis.xLen("runs")).toBe(1);
  });

  it("handles as many at a time as it may, and not more", async () => {
    for (let count = 0; count < 6; count++) await queue.enqueue(randomUUID());
    let active = 0;
    let most = 0;
    const full = Promise.withResolvers<void>();
    consume(
      async () => {
        active += 1;
        most = Math.max(most, active);
        if (active === 2) full.resolve();
        await full.promise;
        active -= 1;
      },
      { concurrency: 2 },
    );
    await eventually(isEmpty);
    expect(most).toBe(2);
  });

  it("goes on after Redis lost its data", async () => {
    const handled: string[] = [];
    consume(async (runId) => void handled.push(runId));
    const before = randomUUID();
    await queue.enqueue(before);
    await eventually(() => handled.includes(before));
    await redis.flushAll();
    const after = randomUUID();
    await queue.enqueue(after);
    await eventually(() => handled.includes(after));
  });

  it("fails when Redis refuses it", async () => {
    await redis.set("runs", "not a stream");
    await expect(consume(async () => {})).rejects.toThrow(/WRONGTYPE/);
  });
});
