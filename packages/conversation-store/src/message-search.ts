import type { FoundMessage, Message } from "@mobile-ai-agent/contracts";
import type { Filter } from "mongodb";
import { readCursor, writeCursor } from "./cursor.ts";
import type { MessageParts } from "./message-changes.ts";
import { type MessageDocument, SAYING } from "./message-documents.ts";
import { searchFor } from "./text-search.ts";

export interface MessageSearch {
  /**
   * The user's messages and answers that contain a text, the latest first. Messages are read one by one, since a
   * database can't look into what is sealed: so one call goes through `SCANNED` at most, and says where to go on.
   *
   * @returns undefined for a cursor that was never given out
   */
  searchAll(
    userId: string,
    query: { readonly text: string; readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<{ messages: FoundMessage[]; next: string | undefined } | undefined>;
  /** Of one session, the messages that contain a text, the latest first, among its last `SCANNED` entries. */
  search(sessionId: string, query: { readonly text: string; readonly limit: number }): Promise<Message[]>;
}

/** What one call reads at most, and in how many at a time. */
export const SCANNED = 1000;
const BATCH = 200;

export function createMessageSearch({ messages, log, contents }: MessageParts): MessageSearch {
  const latestFirst = { created_at: -1, _id: -1 } as const;

  return {
    async searchAll(user_id, { text, cursor, limit }) {
      const start = cursor === undefined ? undefined : readCursor(cursor);
      if (cursor !== undefined && start === undefined) return undefined;
      const { isIn, snippetOf } = searchFor(text);
      const found: FoundMessage[] = [];
      let place = start;
      for (let scanned = 0; scanned < SCANNED; scanned += BATCH) {
        const behind: Filter<MessageDocument> = place
          ? { $or: [{ created_at: { $lt: place.time } }, { created_at: place.time, _id: { $lt: place.id } }] }
          : {};
        const filter = { user_id, ...SAYING, ...behind };
        const entries = await messages.find(filter).sort(latestFirst).limit(BATCH).toArray();
        const opened = await Promise.all(entries.map((entry) => contents.toMessage(entry)));
        const hits = entries.flatMap((entry, index) => {
          const message = opened[index] as Message;
          return isIn(message.content) ? [{ entry, message }] : [];
        });
        const standing = await log.standings([...new Set(hits.map(({ entry }) => entry.session_id))]);
        for (const { entry, message } of hits) {
          if (!standing(entry.session_id).isCurrent(entry)) continue;
          found.push(toFound(message, snippetOf(message.content)));
          const next = writeCursor({ time: entry.created_at, id: entry._id });
          if (found.length === limit) return { messages: found, next };
        }
        const last = entries.at(-1);
        if (last === undefined || entries.length < BATCH) return { messages: found, next: undefined };
        place = { time: last.created_at, id: last._id };
      }
      return { messages: found, next: place && writeCursor(place) };
    },

    async search(session_id, { text, limit }) {
      const { isIn } = searchFor(text);
      const standing = await log.standing(session_id);
      const found: Message[] = [];
      const entries = messages
        .find({ session_id, ...SAYING })
        .sort({ sequence: -1 })
        .limit(SCANNED);
      for await (const entry of entries) {
        if (!standing.isCurrent(entry)) continue;
        const message = await contents.toMessage(entry, standing.runOf(entry));
        if (!isIn(message.content)) continue;
        if (found.push(message) === limit) break;
      }
      return found;
    },
  };
}

function toFound({ id, session_id, role, created_at }: Message, snippet: string): FoundMessage {
  return { session_id, message_id: id, role, snippet, created_at };
}
