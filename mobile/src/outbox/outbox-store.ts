import { type BlobStore, clear, readText, writeText } from "../storage/blob-store.ts";
import { OutboxItem } from "./outbox-item.ts";

export interface OutboxStore {
  /** In the order in which they were written. */
  load(): Promise<OutboxItem[]>;
  save(item: OutboxItem): Promise<void>;
  savePicture(clientMessageId: string, bytes: Uint8Array): Promise<void>;
  picture(clientMessageId: string): Promise<Uint8Array | undefined>;
  remove(clientMessageId: string): Promise<void>;
  clear(): Promise<void>;
}

/** One user's outbox in the storage of the device. */
export function createOutboxStore(store: BlobStore, userId: string): OutboxStore {
  const items = `outbox.${userId}.item.`;
  const pictures = `outbox.${userId}.picture.`;
  return {
    async load() {
      const texts = await Promise.all((await store.keys(items)).map((key) => readText(store, key)));
      return texts
        .flatMap((text) => OutboxItem.safeParse(JSON.parse(text ?? "null")).data ?? [])
        .sort((a, b) => a.order - b.order);
    },
    save: (item) => writeText(store, items + item.clientMessageId, JSON.stringify(item)),
    savePicture: (id, bytes) => store.set(pictures + id, bytes),
    picture: (id) => store.get(pictures + id),
    async remove(id) {
      await store.remove(items + id);
      await store.remove(pictures + id);
    },
    clear: () => clear(store, `outbox.${userId}.`),
  };
}
