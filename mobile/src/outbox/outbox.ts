import type { Delivery, OutboxItem } from "./outbox-item.ts";
import type { OutboxStore } from "./outbox-store.ts";

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
  /** How many messages there are in all. */
  size(): number;
  picture(clientMessageId: string): Promise<Uint8Array | undefined>;
  /** Takes up what was left the last time. */
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

/** Messages on their way out: each conversation's in order, different conversations' independent of each other. */
export function createOutbox({ store, newId, deliver, onChange }: OutboxOptions): Outbox {
  let items: readonly OutboxItem[] = [];
  let order = 0;
  let stopped = false;
  const busy = new Set<string>();
  const timers = new Set<ReturnType<typeof setTimeout>>();

  function change(next: readonly OutboxItem[]): void {
    items = next;
    onChange();
  }

  async function keep(item: OutboxItem): Promise<void> {
    if (stopped) return;
    await store.save(item);
    change(items.map((other) => (other.clientMessageId === item.clientMessageId ? item : other)));
  }

  async function remove(clientMessageId: string): Promise<void> {
    await store.remove(clientMessageId);
    change(items.filter((item) => item.clientMessageId !== clientMessageId));
  }

  function flushLater(seconds: number): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      flush();
    }, seconds * 1000);
    timers.add(timer);
  }

  async function flushSession(sessionId: string): Promise<void> {
    if (busy.has(sessionId)) return;
    busy.add(sessionId);
    try {
      for (;;) {
        const item = items.find((other) => other.sessionId === sessionId && other.refusal === undefined);
        if (!item || stopped) return;
        const delivery = await deliver(item, keep);
        if (stopped) return;
        if (delivery.kind === "accepted") await remove(item.clientMessageId);
        else if (delivery.kind === "refused") await keep({ ...item, refusal: delivery.detail });
        else {
          if (delivery.afterSeconds !== undefined) flushLater(delivery.afterSeconds);
          return;
        }
      }
    } finally {
      busy.delete(sessionId);
    }
  }

  function flush(): void {
    for (const sessionId of new Set(items.map((item) => item.sessionId))) void flushSession(sessionId);
  }

  return {
    items: (sessionId) => items.filter((item) => item.sessionId === sessionId),
    size: () => items.length,
    picture: store.picture,

    async load() {
      const stored = await store.load();
      order = Math.max(order, ...stored.map((item) => item.order));
      const known = new Set(items.map(({ clientMessageId }) => clientMessageId));
      change([...stored.filter(({ clientMessageId }) => !known.has(clientMessageId)), ...items]);
      flush();
    },

    async add({ sessionId, content, picture, mediaId }) {
      order += 1;
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
      change([...items, item]);
      flush();
    },

    flush,

    async retry(clientMessageId) {
      const item = items.find((other) => other.clientMessageId === clientMessageId);
      if (!item) return;
      const { refusal: _, ...waiting } = item;
      await keep(waiting);
      flush();
    },

    discard: remove,

    async discardSession(sessionId) {
      for (const item of items.filter((one) => one.sessionId === sessionId))
        await remove(item.clientMessageId);
    },

    stop() {
      stopped = true;
      for (const timer of timers) clearTimeout(timer);
    },
  };
}

function pictureOf({ contentType, width, height }: NonNullable<NewMessage["picture"]>) {
  return { contentType, width, height };
}
