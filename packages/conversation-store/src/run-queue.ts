import type { RedisClient } from "./redis-client.ts";
import { AGAIN, type ConsumeOptions, consumeRuns, type HandleRun, QUEUED, RUNS } from "./run-consumer.ts";

export interface RunQueue {
  /**
   * Queues a run; one that is queued or being handled is not queued twice.
   *
   * @param traceparent W3C header of the trace that the run belongs to
   */
  enqueue(runId: string, traceparent?: string): Promise<void>;
  /** As `enqueue`; a run that is being handled is handled once more, so that it sees what has changed. */
  wake(runId: string, traceparent?: string): Promise<void>;
  /** Handles runs until the signal is aborted and those in hand are done. See `consumeRuns`. */
  consume(options: ConsumeOptions, handle: HandleRun): Promise<void>;
}

const ENQUEUE = `
if redis.call("SADD", KEYS[2], ARGV[1]) == 1 then
  redis.call("XADD", KEYS[1], "*", "run_id", ARGV[1], "traceparent", ARGV[2])
end`;

const WAKE = `
if redis.call("SADD", KEYS[2], ARGV[1]) == 1 then
  redis.call("XADD", KEYS[1], "*", "run_id", ARGV[1], "traceparent", ARGV[2])
else
  redis.call("SADD", KEYS[3], ARGV[1])
end`;

export function createRunQueue(redis: RedisClient): RunQueue {
  return {
    async enqueue(runId, traceparent = "") {
      await redis.eval(ENQUEUE, { keys: [RUNS, QUEUED], arguments: [runId, traceparent] });
    },
    async wake(runId, traceparent = "") {
      await redis.eval(WAKE, { keys: [RUNS, QUEUED, AGAIN], arguments: [runId, traceparent] });
    },
    consume: (options, handle) => consumeRuns(redis, options, handle),
  };
}
