import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { TransitCipher } from "@mobile-ai-agent/content-cipher";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import { ErrorReply } from "redis";
import { connectSecond, type RedisClient } from "./redis-client.ts";

const BLOCK_MS = 10_000;
const RETRY_MS = 200;
/** Of one log in one read. */
const MAX_EVENTS = 100;
const WAKE_KEY_MS = 60_000;
/** What is kept for one consumer, in characters of text, before its reading pauses. */
const MAX_QUEUED = 128 * 1024;

interface Subscription {
  /** Sequence number of the last event that was given out. */
  last: number;
  readonly give: (event: RunEvent) => void;
  readonly fail: (error: unknown) => void;
}

interface Feed {
  /** The next read asks for the events after this one; no subscription is behind it. */
  position: number;
  readonly subscriptions: Set<Subscription>;
}

/**
 * Reads any number of logs over one connection with one blocking XREAD. The read also waits on a stream of
 * its own ("wake"), so that a subscription made meanwhile can end it.
 */
export class RunLogReader {
  readonly #redis: RedisClient;
  readonly #cipher: TransitCipher;
  readonly #feeds = new Map<string, Feed>();
  readonly #wakeKey = `wake:${randomUUID()}`;
  #wakeId = "0-0";
  /** Subscriptions whose consumers are behind. */
  #paused = 0;
  /** Whether the connection was lost since the last look at what is there. */
  #wasCut = false;
  /** Identity of the loop that is in charge; a loop that finds another one here ends. */
  #loop: AbortController | undefined;

  constructor(redis: RedisClient, cipher: TransitCipher) {
    this.#redis = redis;
    this.#cipher = cipher;
  }

  read(key: string, after: number, signal: AbortSignal): AsyncIterable<RunEvent> {
    let cancel = () => {};
    let resume = () => {};
    const stream = {
      start: (controller: ReadableStreamDefaultController<RunEvent>) => {
        let isPaused = false;
        const end = () => {
          cancel();
          controller.close();
        };
        const subscription: Subscription = {
          last: after,
          give: (event) => {
            controller.enqueue(event);
            if (event.kind !== "token") return end();
            if ((controller.desiredSize ?? 0) > 0) return;
            // Nothing more is kept for a slow consumer: Redis has it.
            isPaused = true;
            this.#paused += 1;
            this.#remove(key, subscription);
          },
          fail: (error) => {
            cancel();
            controller.error(error);
          },
        };
        resume = () => {
          if (!isPaused || (controller.desiredSize ?? 0) < MAX_QUEUED) return;
          isPaused = false;
          this.#paused -= 1;
          this.#add(key, subscription);
        };
        cancel = () => {
          signal.removeEventListener("abort", end);
          if (isPaused) this.#paused -= 1;
          isPaused = false;
          this.#remove(key, subscription);
        };
        if (signal.aborted) return controller.close();
        signal.addEventListener("abort", end, { once: true });
        this.#add(key, subscription);
      },
      // Asked whenever there is room; only once all is consumed does it go on, so that each read brings many.
      pull: () => resume(),
      cancel: () => cancel(),
    };
    return new ReadableStream(stream, { highWaterMark: MAX_QUEUED, size: sizeOf });
  }

  #add(key: string, subscription: Subscription): void {
    const feed = this.#feeds.get(key);
    if (feed === undefined) {
      this.#feeds.set(key, { position: subscription.last, subscriptions: new Set([subscription]) });
    } else {
      feed.subscriptions.add(subscription);
      if (feed.position <= subscription.last) return;
      feed.position = subscription.last;
    }
    if (this.#loop === undefined) void this.#run();
    else this.#wake();
  }

  #remove(key: string, subscription: Subscription): void {
    const feed = this.#feeds.get(key);
    feed?.subscriptions.delete(subscription);
    if (feed?.subscriptions.size === 0) this.#feeds.delete(key);
    // A paused one comes back: the connection waits for it.
    if (this.#feeds.size === 0 && this.#paused === 0) {
      this.#loop?.abort();
      this.#loop = undefined;
    }
  }

  #wake(): void {
    const limit = { TRIM: { strategy: "MAXLEN", threshold: 1 } } as const;
    const wake = this.#redis.multi().xAdd(this.#wakeKey, "*", { wake: "1" }, limit);
    // Unheard, the new subscription starts when the read under way ends by itself.
    wake.pExpire(this.#wakeKey, WAKE_KEY_MS).exec().catch(ignore);
  }

  async #run(): Promise<void> {
    const loop = new AbortController();
    this.#loop = loop;
    try {
      const connection = await connectSecond(this.#redis);
      if (loop.signal.aborted) return connection.destroy();
      loop.signal.addEventListener("abort", () => connection.destroy(), { once: true });
      while (!loop.signal.aborted) await this.#readOnce(connection, loop.signal);
    } catch (error) {
      if (loop.signal.aborted) return;
      loop.abort();
      // A paused one that comes back begins anew.
      this.#loop = undefined;
      for (const key of [...this.#feeds.keys()]) this.#fail(key, error);
    }
  }

  #fail(key: string, error: unknown): void {
    for (const { fail } of [...(this.#feeds.get(key)?.subscriptions ?? [])]) fail(error);
  }

  async #readOnce(connection: RedisClient, signal: AbortSignal): Promise<void> {
    const asked = new Map([...this.#feeds].map(([key, { position }]) => [key, position]));
    const logs = [...asked].map(([key, position]) => ({ key, id: `${position}-0` }));
    const streams = [{ key: this.#wakeKey, id: this.#wakeId }, ...logs];
    try {
      if (this.#wasCut) await this.#failLost(connection);
      const reply = await connection.xRead(streams, { BLOCK: BLOCK_MS, COUNT: MAX_EVENTS });
      for (const { name, messages } of reply ?? []) {
        if (name === this.#wakeKey) this.#wakeId = messages.at(-1)?.id ?? this.#wakeId;
        else this.#open(name, asked.get(name) ?? 0, messages);
      }
    } catch (error) {
      if (signal.aborted || (error instanceof ErrorReply && !error.message.startsWith("LOADING")))
        throw error;
      this.#wasCut = true;
      await delay(RETRY_MS, undefined, { signal }).catch(ignore);
    }
  }

  /** Redis may have come back without its data, and a reader would wait for ever after events that are gone. */
  async #failLost(connection: RedisClient): Promise<void> {
    for (const [key, { position }] of this.#feeds) {
      const last = (await connection.xRevRange(key, "+", "-", { COUNT: 1 }))?.[0];
      if (position > 0 && (last === undefined || sequenceOf(last) < position))
        this.#fail(key, new Error("the run's log was lost"));
    }
    this.#wasCut = false;
  }

  /** An entry that doesn't open ends the reading of its log, not that of others. */
  #open(key: string, from: number, entries: readonly Entry[]): void {
    try {
      this.#deliver(key, from, entries);
    } catch (error) {
      this.#fail(key, error);
    }
  }

  /**
   * `entries` are all of a log that followed `from`: they are complete for who has everything up to there. Each is
   * opened once, and only when somebody is there to take it.
   */
  #deliver(key: string, from: number, entries: readonly Entry[]): void {
    const feed = this.#feeds.get(key);
    const last = entries.at(-1);
    if (feed === undefined || last === undefined) return;
    // A subscription made during the read may have set the position back; then the next read starts there.
    if (feed.position === from) feed.position = sequenceOf(last);
    const opened = new Map<Entry, RunEvent>();
    for (const subscription of [...feed.subscriptions]) {
      if (subscription.last < from) continue;
      for (const entry of entries) {
        const sequence = sequenceOf(entry);
        if (sequence <= subscription.last || !feed.subscriptions.has(subscription)) continue;
        const event = opened.get(entry) ?? toEvent(this.#cipher, key, entry);
        opened.set(entry, event);
        subscription.last = sequence;
        subscription.give(event);
      }
    }
  }
}

/** An event without text is something too. */
function sizeOf(event: RunEvent): number {
  return 100 + (event.kind === "token" ? event.text.length : 0);
}

interface Entry {
  readonly id: string;
  readonly message: Record<string, string>;
}

export const sequenceOf = ({ id }: Pick<Entry, "id">): number => Number.parseInt(id, 10);

/** The log is written by `append` only, so its entries are trusted. Those from before there was a cipher are JSON. */
export function toEvent(cipher: TransitCipher, key: string, { id, message }: Entry): RunEvent {
  const { sealed, event = "" } = message;
  return JSON.parse(sealed === undefined ? event : cipher.open([key, id], sealed)) as RunEvent;
}

function ignore(): void {}
