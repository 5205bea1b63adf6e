import type { TransitCipher } from "@mobile-ai-agent/content-cipher";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import type { RedisClient } from "./redis-client.ts";
import { RunLogReader, sequenceOf } from "./run-log-reader.ts";

export interface RunLog {
  /**
   * Appends the next event. The log is kept for an hour after its last event.
   *
   * @param isFirst whether the log may be empty
   * @returns false when the log has lost what was before this event, as in a Redis that came back without its data;
   *   nothing is written then
   * @throws when the log already has this sequence number or a later one: another writer was there
   */
  append(event: RunEvent, isFirst?: boolean): Promise<boolean>;
  /** The sequence numbers of the first and the last event; undefined for a log that is empty or gone. */
  bounds(runId: string): Promise<{ first: number; last: number } | undefined>;
  /** @returns how many of the runs have events here */
  count(runIds: readonly string[]): Promise<number>;
  /** Takes the events of runs away; who reads one gets no more. */
  remove(runIds: readonly string[]): Promise<void>;
  /**
   * The events after sequence number `after`: those that are there, then each as it comes. Ends after
   * `completed` or `failed`, or when the signal is aborted. All readers of one `RunLog` share one connection,
   * which is open while there are any.
   */
  read(runId: string, after: number, signal: AbortSignal): AsyncIterable<RunEvent>;
}

const APPEND = `
if ARGV[4] == "0" and redis.call("EXISTS", KEYS[1]) == 0 then return 0 end
redis.call("XADD", KEYS[1], ARGV[1], "sealed", ARGV[2])
redis.call("PEXPIRE", KEYS[1], ARGV[3])
return 1`;

/** From a log's last event on. */
export const RUN_LOG_KEEP_MS = 60 * 60 * 1000;

/** @param cipher seals the events: Redis sees their numbers and lengths only */
export function createRunLog(redis: RedisClient, cipher: TransitCipher): RunLog {
  const reader = new RunLogReader(redis, cipher);
  return {
    async append(event, isFirst = event.sequence === 1) {
      const key = keyOf(event.runId);
      const id = `${event.sequence}-0`;
      const sealed = cipher.seal([key, id], JSON.stringify(event));
      const written = await redis.eval(APPEND, {
        keys: [key],
        arguments: [id, sealed, `${RUN_LOG_KEEP_MS}`, isFirst ? "1" : "0"],
      });
      return written === 1;
    },

    async bounds(runId) {
      const key = keyOf(runId);
      const [first, last] = await Promise.all([
        redis.xRange(key, "-", "+", { COUNT: 1 }),
        redis.xRevRange(key, "+", "-", { COUNT: 1 }),
      ]).then((ends) => ends.map((found) => found?.[0]));
      if (!first || !last) return undefined;
      return { first: sequenceOf(first), last: sequenceOf(last) };
    },

    async count(runIds) {
      const found = await Promise.all(runIds.map((runId) => redis.exists(keyOf(runId))));
      return found.reduce((sum, one) => sum + one, 0);
    },

    async remove(runIds) {
      // One by one: each may be on another node.
      await Promise.all(runIds.map((runId) => redis.del(keyOf(runId))));
    },

    read: (runId, after, signal) => reader.read(keyOf(runId), after, signal),
  };
}

function keyOf(runId: string): string {
  return `run:{${runId}}`;
}
