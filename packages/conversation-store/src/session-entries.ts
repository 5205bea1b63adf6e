import { LRUCache } from "lru-cache";
import type { Collection } from "mongodb";
import { v5 } from "uuid";
import { lastNumber } from "./last-number.ts";
import type { MessageDocument } from "./message-documents.ts";

/** The entries of sessions by their numbers, which have no gaps. */
export interface SessionEntries {
  /** One that was erased within the last minute may come as it was. A session's `Standing` tells. */
  at(sessionId: string, sequence: number): Promise<MessageDocument | undefined>;
  /** Whether there is one now. */
  has(sessionId: string, sequence: number): Promise<boolean>;
  /** Forgets what was read: something of it is gone. */
  forget(): void;
  /** The last one behind `from`, where there is one, or which is 0; undefined when there is none behind. */
  lastFrom(sessionId: string, from: number): Promise<MessageDocument | undefined>;
  /** In order, both ends included; those that there are. */
  between(sessionId: string, from: number, to: number): Promise<MessageDocument[]>;
  /** The first one from `from` to `to` that is looked for; backwards if `to` is the smaller. */
  find(
    sessionId: string,
    range: { readonly from: number; readonly to: number },
    isIt: (entry: MessageDocument) => boolean,
  ): Promise<MessageDocument | undefined>;
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

  async function between(session_id: string, from: number, to: number): Promise<MessageDocument[]> {
    if (to - from >= FEW) {
      const range = messages.find({ session_id, sequence: { $gte: from, $lte: to } });
      return await range.sort({ sequence: 1 }).toArray();
    }
    const numbers = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
    const found = await Promise.all(numbers.map((number) => at(session_id, number)));
    return found.filter((entry) => entry !== undefined);
  }

  return {
    at,

    forget: () => kept.clear(),

    has: async (sessionId, sequence) =>
      (await messages.findOne({ _id: entryId(sessionId, sequence) }, { projection: { _id: 1 } })) !== null,

    lastFrom: async (sessionId, from) => (await lastNumber(from, (number) => at(sessionId, number))).found,

    between,

    async find(sessionId, { from, to }, isIt) {
      const isForward = from <= to;
      for (let at = from; isForward ? at <= to : at >= to; at += isForward ? FEW : -FEW) {
        const edge = isForward ? Math.min(to, at + FEW - 1) : Math.max(to, at - FEW + 1);
        const entries = await between(sessionId, Math.min(at, edge), Math.max(at, edge));
        const found = isForward ? entries.find(isIt) : entries.findLast(isIt);
        if (found) return found;
      }
      return undefined;
    },
  };
}
