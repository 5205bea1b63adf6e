import type { Delivery, OutboxItem } from "./outbox-item.ts";
import type { OutboxStore } from "./outbox-store.ts";
import { createRetries } from "./retries.ts";

export interface NewMessage {
  readonly sessionId: string;
  readonly content: string;
  /** A picture that the platform has already. */
  readonly mediaId?: string | undefined;
  readonly picture?: {
    readonly bytes: Uint8Array;
    readonly contentType: string;
    readonly width: number;
    readonly height: number;
  };
}

export interface OutboxOptions {
  readonly store: OutboxStore;
  readonly newId: () => string;
  /** Tries once. What it stores through `keep` is there at the next try. */
  readonly deliver: (item: OutboxItem, keep: (item: OutboxItem) => Promise<void>) => Promise<Delivery>;
  readonly onChange: () => void;
}

export interface Outbox {
  items(sessionId: string): readonly OutboxItem[];
  /** Those that wait for the person, of all sessions. */
  refused(): readonly OutboxItem[];
  /** How many messages there are in all. */
  size(): number;
  picture(clientMessageId: string): Promise<Uint8Array | undefined>;
  /**
   * Takes up what was left the last time, or what another tab has written meanwhile. Any number of times; when the device
   * can't be read it is done again after a while.
   */
  load(): Promise<void>;
  /** Stores it, shows it, and only then tries to send it. Throws when the device can't store it. */
  add(message: NewMessage): Promise<void>;
  /** Tries everything that waits; call it whenever the platform may be there again. */
  flush(): void;
  /** Gives a refused message another try. */
  retry(clientMessageId: string): Promise<void>;
  discard(clientMessageId: string): Promise<void>;
  /** Discards whatever waits for a session that is no more. */
  discardSession(sessionId: string): Promise<void>;
  stop(): void;
}

/** Until the next try, where this device is at fault. */
const PAUSE_S = 5;

/** Messages on their way out: each conversation's in order, different conversations' independent of each other. */
export function createOutbox({ store, newId, deliver, onChange }: OutboxOptions): Outbox {
  let items: readonly OutboxItem[] = [];
  let order = 0;
  let stopped = false;
  let loading: Promise<void> | undefined;
  const busy = new Set<string>();
  /** What was read or tried before doesn't bring it back. */
  const removed = new Set<string>();
  const retries = createRetries((sessionId) => void flushSession(sessionId));
  const loads = createRetries(() => void load());

  const find = (id: string) =>
    removed.has(id) ? undefined : items.find(({ clientMessageId }) => clientMessageId === id);

  function change(next: readonly OutboxItem[]): void {
    items = next;
    onChange();
  }

  /** @returns those of them that were not there */
  function take(found: readonly OutboxItem[]): readonly OutboxItem[] {
    const known = new Set([...removed, ...items.map(({ clientMessageId }) => clientMessageId)]);
    const fresh = found.filter(({ clientMessageId }) => !known.has(clientMessageId));
    if (fresh.length > 0) change([...items, ...fresh].sort((a, b) => a.order - b.order));
    return fresh;
  }

  async function keep(item: OutboxItem): Promise<void> {
    if (stopped || !find(item.clientMessageId)) return;
    await store.save(item);
    change(items.map((other) => (other.clientMessageId === item.clientMessageId ? item : other)));
  }

  async function remove(clientMessageId: string): Promise<void> {
    removed.add(clientMessageId);
    try {
      await store.remove(clientMessageId);
    } catch (error) {
      removed.delete(clientMessageId);
      throw error;
    }
    change(items.filter((item) => item.clientMessageId !== clientMessageId));
  }

  /** Tries the session's messages one after another. @returns after how many seconds to go on, if it is known */
  async function sendAll(sessionId: string): Promise<number | undefined> {
    for (;;) {
      const left = items.filter(({ clientMessageId }) => !removed.has(clientMessageId));
      const item = left.find((one) => one.sessionId === sessionId && one.refusal === undefined);
      if (!item || stopped) return undefined;
      const delivery = await deliver(item, keep);
      if (stopped) return undefined;
      if (delivery.kind === "later") return delivery.afterSeconds;
      if (delivery.kind === "accepted") await remove(item.clientMessageId);
      // What the try has kept, such as the picture's id, is of use to the next one.
      else await keep({ ...(find(item.clientMessageId) ?? item), refusal: delivery.detail });
      retries.forget(sessionId);
    }
  }

  async function flushSession(sessionId: string): Promise<void> {
    if (busy.has(sessionId)) return;
    busy.add(sessionId);
    retries.cancel(sessionId);
    // The device may not read or write now; the message is where it was.
    const pause = await sendAll(sessionId).catch(() => PAUSE_S);
    busy.delete(sessionId);
    if (pause !== undefined) retries.later(sessionId, pause);
  }

  function flush(): void {
    retries.forget();
    for (const sessionId of new Set(items.map((item) => item.sessionId))) void flushSession(sessionId);
  }

  async function takeStored(): Promise<void> {
    try {
      const stored = await store.load();
      loads.forget();
      if (stopped) return;
      order = Math.max(order, ...stored.map((item) => item.order));
      for (const { sessionId } of take(stored)) void flushSession(sessionId);
    } catch {
      loads.later("", PAUSE_S);
    }
  }

  function load(): Promise<void> {
    loads.cancel("");
    loading ??= takeStored().finally(() => {
      loading = undefined;
    });
    return loading;
  }

  return {
    items: (sessionId) => items.filter((item) => item.sessionId === sessionId),
    refused: () => items.filter(({ refusal }) => refusal !== undefined),
    size: () => items.length,
    picture: store.picture,

    load,

    async add({ sessionId, content, picture, mediaId }) {
      // Behind what other tabs have written, and what could not be read yet.
      order = Math.max(order + 1, Date.now());
      const item: OutboxItem = {
        clientMessageId: newId(),
        sessionId,
        type: picture || mediaId ? "image" : "text",
        content,
        ...(mediaId && { mediaId }),
        ...(picture && { picture: pictureOf(picture) }),
        createdAt: new Date().toISOString(),
        order,
      };
      if (picture) await store.savePicture(item.clientMessageId, picture.bytes);
      await store.save(item);
      take([item]);
      void flushSession(sessionId);
    },

    flush,

    async retry(clientMessageId) {
      const item = find(clientMessageId);
      if (!item) return;
      const { refusal: _, ...waiting } = item;
      await keep(waiting);
      void flushSession(item.sessionId);
    },

    discard: remove,

    async discardSession(sessionId) {
      for (const item of items.filter((one) => one.sessionId === sessionId))
        await remove(item.clientMessageId);
    },

    stop() {
      stopped = true;
      retries.stop();
      loads.stop();
    },
  };
}

function pictureOf({ contentType, width, height }: NonNullable<NewMessage["picture"]>) {
  return { contentType, width, height };
}
