import type { TransitCipher } from "@mobile-ai-agent/content-cipher";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import type { RedisClient } from "./redis-client.ts";
import { RunLogReader } from "./run-log-reader.ts";

export interface RunLog {
  /**
   * Appends the next event. The log is kept for an hour after its last event.
   *
   * @throws when the log already has this sequence number or a later one: another writer was there
   */
  append(event: RunEvent): Promise<void>;
  /** The sequence number of the last event, 0 for a log that is empty or gone. */
  lastSequence(runId: string): Promise<number>;
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

/** From a log's last event on. */
export const RUN_LOG_KEEP_MS = 60 * 60 * 1000;

/** @param cipher seals the events: Redis sees their numbers and lengths only */
export function createRunLog(redis: RedisClient, cipher: TransitCipher): RunLog {
  const reader = new RunLogReader(redis, cipher);
  return {
    async append(event) {
      const key = keyOf(event.runId);
      const id = `${event.sequence}-0`;
      await redis
        .multi()
        .xAdd(key, id, { sealed: cipher.seal([key, id], JSON.stringify(event)) })
        .pExpire(key, RUN_LOG_KEEP_MS)
        .exec();
    },

    async lastSequence(runId) {
      const last = (await redis.xRevRange(keyOf(runId), "+", "-", { COUNT: 1 }))?.[0];
      return last === undefined ? 0 : Number.parseInt(last.id, 10);
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
