import { setTimeout as delay } from "node:timers/promises";
import { ErrorReply } from "redis";
import { connectSecond, type RedisClient } from "./redis-client.ts";

/**
 * The stream of queued runs, the set of the runs in it, and of those that are to be handled once more; one hash slot,
 * since they change together.
 */
export const RUNS = "runs";
export const QUEUED = "{runs}:queued";
export const AGAIN = "{runs}:again";
const GROUP = "agent-orchestrators";

/** How long one read waits: the longest that a stop waits for a consumer without work. */
const BLOCK_MS = 1000;
const RETRY_MS = 500;
/** Answers of a Redis that starts, fails over or has lost its data. */
const TRANSIENT = /^(NOGROUP|UNBLOCKED|LOADING|MASTERDOWN|READONLY)/;

const DONE = `
redis.call("XACK", KEYS[1], ARGV[1], ARGV[2])
redis.call("XDEL", KEYS[1], ARGV[2])
if redis.call("SREM", KEYS[3], ARGV[3]) == 1 then
  redis.call("XADD", KEYS[1], "*", "run_id", ARGV[3], "traceparent", ARGV[4])
else
  redis.call("SREM", KEYS[2], ARGV[3])
end`;

export interface ConsumeOptions {
  /** Unique among the consumers that live at the same time, e.g. the pod's name. */
  readonly consumer: string;
  /** Aborted: take no more, finish what is in hand. */
  readonly signal: AbortSignal;
  /** How many runs are handled at a time. */
  readonly concurrency: number;
  /** A run whose consumer gave no sign for so long is taken by another, in milliseconds. */
  readonly claimAfterMs: number;
}

interface Entry {
  readonly id: string;
  readonly runId: string;
  /** Of the trace that queued the run. */
  readonly traceparent?: string;
}

export type HandleRun = (runId: string, traceparent?: string) => Promise<void>;

/**
 * Handles runs as a member of the consumer group. A run is removed from the queue when `handle` resolves;
 * when it rejects, or this process dies, the run is handled again after `claimAfterMs`, here or elsewhere. So
 * a run is handled at least once, and `handle` must be idempotent.
 *
 * @throws what Redis answers when it refuses the commands, e.g. for want of permission; it rides out lost
 *   connections
 */
export async function consumeRuns(
  redis: RedisClient,
  { consumer, signal, concurrency, claimAfterMs }: ConsumeOptions,
  handle: HandleRun,
): Promise<void> {
  const reader = await connectSecond(redis);
  const active = new Map<string, Promise<void>>();

  async function take(count: number): Promise<Entry[]> {
    const { messages } = await redis.xAutoClaim(RUNS, GROUP, consumer, claimAfterMs, "0-0", { COUNT: count });
    // A process that was stalled for too long claims its own entries too.
    const claimed = toEntries(messages).filter(({ id }) => !active.has(id));
    if (claimed.length > 0) return claimed;
    const stream = { key: RUNS, id: ">" };
    const reply = await reader.xReadGroup(GROUP, consumer, stream, { COUNT: count, BLOCK: BLOCK_MS });
    return toEntries(reply?.[0]?.messages ?? []);
  }

  async function work({ id, runId, traceparent }: Entry): Promise<void> {
    try {
      await handle(runId, traceparent);
      const done = [GROUP, id, runId, traceparent ?? ""];
      await redis.eval(DONE, { keys: [RUNS, QUEUED, AGAIN], arguments: done });
    } catch {
      if (signal.aborted) await release(id);
    } finally {
      active.delete(id);
    }
  }

  /** Lets another consumer claim the entry at once. */
  async function release(id: string): Promise<void> {
    await redis.xClaimJustId(RUNS, GROUP, consumer, 0, id, { IDLE: claimAfterMs }).catch(ignore);
  }

  function renew(): void {
    if (active.size > 0) {
      redis.xClaimJustId(RUNS, GROUP, consumer, 0, [...active.keys()]).catch(ignore);
    }
  }

  const heartbeat = setInterval(renew, claimAfterMs / 3);
  try {
    await createGroup(redis);
    while (!signal.aborted) {
      if (active.size >= concurrency) {
        await Promise.race(active.values());
        continue;
      }
      for (const entry of await take(concurrency - active.size).catch(recover)) {
        if (signal.aborted) await release(entry.id);
        else active.set(entry.id, work(entry));
      }
    }
  } finally {
    await Promise.all(active.values());
    clearInterval(heartbeat);
    reader.destroy();
  }

  async function recover(error: unknown): Promise<Entry[]> {
    if (error instanceof ErrorReply && !TRANSIENT.test(error.message)) throw error;
    await delay(RETRY_MS, undefined, { signal }).catch(ignore);
    // A Redis that lost its data lost the group too.
    if (!signal.aborted) await createGroup(redis).catch(ignore);
    return [];
  }
}

async function createGroup(redis: RedisClient): Promise<void> {
  try {
    await redis.xGroupCreate(RUNS, GROUP, "0", { MKSTREAM: true });
  } catch (error) {
    if (!(error instanceof ErrorReply && error.message.startsWith("BUSYGROUP"))) throw error;
  }
}

function toEntries(messages: readonly ({ id: string; message: Record<string, string> } | null)[]): Entry[] {
  return messages.flatMap((entry) => {
    const runId = entry?.message.run_id;
    if (!entry || runId === undefined) return [];
    return [{ id: entry.id, runId, traceparent: entry.message.traceparent || undefined }];
  });
}

function ignore(): void {}
