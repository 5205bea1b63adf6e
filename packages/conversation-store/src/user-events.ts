import type { TransitCipher } from "@mobile-ai-agent/content-cipher";
import { UserEvent } from "@mobile-ai-agent/contracts";
import { z } from "zod";
import { connectSecond, type RedisClient } from "./redis-client.ts";

const CHANNEL = "user-events";

const Told = z.strictObject({ userId: z.string(), exceptSocket: z.string().optional(), event: UserEvent });
type Told = z.infer<typeof Told>;

/** Word of what has changed, to the replicas that hold the user's sockets. What is true is in the database. */
export interface UserEvents {
  /** @param exceptSocket id of the socket that knows already */
  publish(told: Told): Promise<void>;
  /**
   * @param onEvent called with each event of any user
   * @param onGap called when events may have been missed: devices have to ask for what is new
   * @returns ends the subscription
   */
  subscribe(onEvent: (told: Told) => void, onGap: () => void): Promise<() => void>;
}

/** @param cipher seals the events: Redis sees their lengths only */
export function createUserEvents(redis: RedisClient, cipher: TransitCipher): UserEvents {
  return {
    async publish(told) {
      await redis.publish(CHANNEL, cipher.seal([CHANNEL], JSON.stringify(told)));
    },

    async subscribe(onEvent, onGap) {
      const subscriber = await connectSecond(redis);
      await subscriber.subscribe(CHANNEL, (message) => {
        const told = open(message);
        if (told === undefined) onGap();
        else onEvent(told);
      });
      // The client subscribes again by itself when it is back.
      subscriber.on("ready", onGap);
      return () => subscriber.destroy();
    },
  };

  /** A replica of another version may tell of what this one doesn't know, or seal it with a key that isn't here yet. */
  function open(message: string): Told | undefined {
    try {
      return Told.parse(JSON.parse(cipher.open([CHANNEL], message)));
    } catch {
      return undefined;
    }
  }
}
