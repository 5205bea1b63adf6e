import { LRUCache } from "lru-cache";
import type { Collection } from "mongodb";
import { v5 } from "uuid";
import type { MessageDocument } from "./message-documents.ts";

/** The entries of sessions by their numbers, which have no gaps. */
export interface SessionEntries {
  /** One that was erased within the last minute may come as it was. A session's `Standing` tells. */
  at(sessionId: string, sequence: number): Promise<MessageDocument | undefined>;
  /** Whether there is one now. */
  has(sessionId: string, sequence: number): Promise<boolean>;
  /** Forgets what was read: something of it is gone. */
  forget(): void;
  /** The last one at `from` or behind it, where there is one at `from`; 0 is ahead of all. */
  lastFrom(sessionId: string, from: number): Promise<MessageDocument | undefined>;
  /** In order, both ends included; those that there are. */
  between(sessionId: string, from: number, to: number): Promise<MessageDocument[]>;
}

/**
 * Id of an entry: inserting it decides between two writers, and who knows the number finds the entry by its id alone.
 * FerretDB uses an index for nothing else: any other filter makes it read the whole collection.
 */
export const entryId = (sessionId: string, sequence: number): string => v5(`${sequence}`, sessionId);

/** So many are read one by one rather than by a range. */
const FEW = 32;

/** Of what was read, which the next answer of the same session needs again. */
const KEPT_BYTES = 16 * 1024 * 1024;
const KEPT_MS = 60_000;
const DOCUMENT_BYTES = 1024;

export function createSessionEntries(messages: Collection<MessageDocument>): SessionEntries {
  const kept = new LRUCache<string, MessageDocument>({
    maxSize: KEPT_BYTES,
    sizeCalculation: ({ content }) =>
      DOCUMENT_BYTES + (typeof content === "string" ? content.length : content.length()),
    ttl: KEPT_MS,
  });

  async function at(sessionId: string, sequence: number): Promise<MessageDocument | undefined> {
    const _id = entryId(sessionId, sequence);
    const known = kept.get(_id);
    if (known) return known;
    const found = (await messages.findOne({ _id })) ?? undefined;
    // Whether a deletion is done to its end has to be looked up each time.
    if (found && !(found.change === "deletion" && !found.erased)) kept.set(_id, found);
    return found;
  }

  return {
    at,

    forget: () => kept.clear(),

    has: async (sessionId, sequence) =>
      (await messages.findOne({ _id: entryId(sessionId, sequence) }, { projection: { _id: 1 } })) !== null,

    /** Steps get longer until there is nothing, then shorter. */
    async lastFrom(sessionId, from) {
      let last: MessageDocument | undefined;
      let known = from;
      let end = Number.POSITIVE_INFINITY;
      for (let step = 1; end - known > 1; ) {
        const number = end === Number.POSITIVE_INFINITY ? known + step : Math.floor((known + end) / 2);
        const found = await at(sessionId, number);
        if (found) [known, last, step] = [number, found, step * 2];
        else end = number;
      }
      return last;
    },

    async between(session_id, from, to) {
      if (to - from >= FEW) {
        const range = messages.find({ session_id, sequence: { $gte: from, $lte: to } });
        return await range.sort({ sequence: 1 }).toArray();
      }
      const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
      const found = await Promise.all(numbers.map((number) => at(session_id, number)));
      return found.filter((entry) => entry !== undefined);
    },
  };
}
