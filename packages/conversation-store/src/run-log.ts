import type { TransitCipher } from "@mobile-ai-agent/content-cipher";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import type { RedisClient } from "./redis-client.ts";
import { RunLogReader, sequenceOf, toEvent } from "./run-log-reader.ts";

/**
 * What came of an event: `lost` when the log has lost what was before it, as in a Redis that came back without its data;
 * `removed` when the log was taken away for good. Nothing is written then.
 */
export type Appended = "written" | "lost" | "removed";

export interface RunLog {
  /**
   * Appends the next event. The log is kept for an hour after its last event.
   *
   * @param isFirst whether the log may be empty
   * @throws when the log already has this sequence number or a later one: another writer was there
   */
  append(event: RunEvent, isFirst?: boolean): Promise<Appended>;
  /**
   * The sequence numbers of the first and the last event, and whether nothing comes after that one; undefined for a log
   * that is empty or gone.
   */
  bounds(runId: string): Promise<{ first: number; last: number; hasEnded: boolean } | undefined>;
  /** @returns how many of the runs have events here */
  count(runIds: readonly string[]): Promise<number>;
  /** Takes the events of runs away for good; who reads one hears that it is cancelled, and who writes one is told. */
  remove(runIds: readonly string[]): Promise<void>;
  /**
   * The events after sequence number `after`: those that are there, then each as it comes. Ends after
   * `completed` or `failed`, or when the signal is aborted. All readers of one `RunLog` share one connection,
   * which is open while there are any.
   */
  read(runId: string, after: number, signal: AbortSignal): AsyncIterable<RunEvent>;
}

const APPEND = `
if redis.call("EXISTS", KEYS[2]) == 1 then return "removed" end
if ARGV[4] == "0" and redis.call("EXISTS", KEYS[1]) == 0 then return "lost" end
redis.call("XADD", KEYS[1], ARGV[1], "sealed", ARGV[2])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return "written"`;

/** How long a log that was removed before its end keeps the word that it has ended, for who reads it just now. */
const LAST_WORD_MS = 5000;

/** From a log's last event on. */
export const RUN_LOG_KEEP_MS = 60 * 60 * 1000;

/** @param cipher seals the events: Redis sees their numbers and lengths only */
export function createRunLog(redis: RedisClient, cipher: TransitCipher): RunLog {
  const reader = new RunLogReader(redis, cipher);

  async function bounds(runId: string) {
    const key = keyOf(runId);
    const [first, last] = await Promise.all([
      redis.xRange(key, "-", "+", { COUNT: 1 }),
      redis.xRevRange(key, "+", "-", { COUNT: 1 }),
    ]).then((ends) => ends.map((found) => found?.[0]));
    if (!first || !last) return undefined;
    const { kind } = toEvent(cipher, key, last);
    return { first: sequenceOf(first), last: sequenceOf(last), hasEnded: kind !== "token" };
  }

  async function removeOne(runId: string): Promise<void> {
    const key = keyOf(runId);
    // First: its writer may have all of it in memory, and would take the log for lost.
    await redis.set(removedKeyOf(runId), "", { expiration: { type: "PX", value: RUN_LOG_KEEP_MS } });
    const found = await bounds(runId);
    if (found === undefined || found.hasEnded) return void (await redis.del(key));
    const event: RunEvent = { runId, sequence: found.last + 1, kind: "cancelled" };
    const id = `${event.sequence}-0`;
    const sealed = cipher.seal([key, id], JSON.stringify(event));
    await redis.multi().xAdd(key, id, { sealed }).xTrim(key, "MAXLEN", 1).pExpire(key, LAST_WORD_MS).exec();
  }

  return {
    async append(event, isFirst = event.sequence === 1) {
      const key = keyOf(event.runId);
      const id = `${event.sequence}-0`;
      const sealed = cipher.seal([key, id], JSON.stringify(event));
      const outcome = await redis.eval(APPEND, {
        keys: [key, removedKeyOf(event.runId)],
        arguments: [id, sealed, `${RUN_LOG_KEEP_MS}`, isFirst ? "1" : "0"],
      });
      return outcome as Appended;
    },

    bounds,

    async count(runIds) {
      const found = await Promise.all(
        runIds.map(async (runId) => {
          const [events, isRemoved] = await redis
            .multi()
            .exists(keyOf(runId))
            .exists(removedKeyOf(runId))
            .execTyped();
          return isRemoved ? 0 : events;
        }),
      );
      return found.reduce((sum, one) => sum + one, 0);
    },

    async remove(runIds) {
      // One by one: each may be on another node.
      await Promise.all(runIds.map(removeOne));
    },

    read: (runId, after, signal) => reader.read(keyOf(runId), after, signal),
  };
}

function keyOf(runId: string): string {
  return `run:{${runId}}`;
}

function removedKeyOf(runId: string): string {
  return `removed:${keyOf(runId)}`;
}
