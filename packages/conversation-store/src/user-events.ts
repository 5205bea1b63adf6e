import type { Approval } from "@mobile-ai-agent/contracts";
import { connectSecond, type RedisClient } from "./redis-client.ts";

const CHANNEL = "user-events";

/** What a user's devices are to be told at once. Whoever misses it finds it in the database. */
export interface UserEvent {
  readonly userId: string;
  readonly name: "approval:requested" | "approval:decided";
  readonly approval: Approval;
}

export interface UserEvents {
  publish(event: UserEvent): Promise<void>;
  /** @returns ends the subscription */
  subscribe(onEvent: (event: UserEvent) => void): Promise<() => void>;
}

export function createUserEvents(redis: RedisClient): UserEvents {
  return {
    async publish(event) {
      await redis.publish(CHANNEL, JSON.stringify(event));
    },

    async subscribe(onEvent) {
      const subscriber = await connectSecond(redis);
      // Written by `publish` only, so it is trusted.
      await subscriber.subscribe(CHANNEL, (text) => onEvent(JSON.parse(text) as UserEvent));
      return () => subscriber.destroy();
    },
  };
}
