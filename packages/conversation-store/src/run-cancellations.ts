import { connectSecond, type RedisClient } from "./redis-client.ts";

const CHANNEL = "run-cancellations";

/** Word of runs that are to end, to whoever handles them. The request itself is in the run's document. */
export interface RunCancellations {
  publish(runId: string): Promise<void>;
  /**
   * @param onCancel called with the id of a run that is to end
   * @param onGap called when words may have been missed: look the requests up
   * @returns ends the subscription
   */
  subscribe(onCancel: (runId: string) => void, onGap: () => void): Promise<() => void>;
}

export function createRunCancellations(redis: RedisClient): RunCancellations {
  return {
    async publish(runId) {
      await redis.publish(CHANNEL, runId);
    },

    async subscribe(onCancel, onGap) {
      const subscriber = await connectSecond(redis);
      await subscriber.subscribe(CHANNEL, onCancel);
      // The client subscribes again by itself when it is back.
      subscriber.on("ready", onGap);
      return () => subscriber.destroy();
    },
  };
}
