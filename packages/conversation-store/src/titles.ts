import { setTimeout as delay } from "node:timers/promises";
import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Binary, Db } from "mongodb";
import type { OwnedSession } from "./contexts.ts";

/**
 * Each title that a session was given is a document: the last one counts. A session's own document notes its use at
 * any moment, and FerretDB's update writes the whole document that it found, so a title in there could be lost.
 */
interface TitleDocument {
  session_id: string;
  /** 0 for the one that was made from the first message: whatever a person chose comes after it. */
  version: number;
  /** Sealed. */
  title: Binary | string;
  created_at: Date;
}

export interface Titles {
  createIndexes(): Promise<void>;
  /** Of the first message; the first call counts, and none over a person's choice. */
  setAutomatic(session: OwnedSession, title: string): Promise<void>;
  rename(session: OwnedSession, title: string): Promise<void>;
  /** The last title of each session that was given one, and whether a person chose it. */
  of(
    userId: string,
    sessionIds: readonly string[],
  ): Promise<ReadonlyMap<string, { title: string; chosen: boolean }>>;
  remove(sessionId: string): Promise<void>;
}

const MAX_ATTEMPTS = 100;
/** Longer than any writer takes, so that no version is given twice. */
const KEEP_MS = 60 * 60 * 1000;

export function createTitles(db: Db, cipher: ContentCipher): Titles {
  const titles = db.collection<TitleDocument>("session_titles");

  async function add({ sessionId, userId }: OwnedSession, version: number, text: string): Promise<boolean> {
    const title = await cipher.seal(userId, placeOf(sessionId, version), text);
    try {
      await titles.insertOne({ session_id: sessionId, version, title, created_at: new Date() });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  return {
    async createIndexes() {
      await titles.createIndex({ session_id: 1, version: 1 }, { unique: true });
    },

    async setAutomatic(session, title) {
      await add(session, 0, title);
    },

    async rename(session, title) {
      const session_id = session.sessionId;
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const last = await titles.findOne({ session_id }, { sort: { version: -1 } });
        const version = (last?.version ?? 0) + 1;
        if (await add(session, version, title)) {
          const created_at = { $lt: new Date(Date.now() - KEEP_MS) };
          await titles.deleteMany({ session_id, version: { $lt: version }, created_at });
          return;
        }
        await delay(Math.random() * 10);
      }
      throw new Error(`session ${session_id} is being renamed too often`);
    },

    async of(userId, sessionIds) {
      const found = titles.find({ session_id: { $in: [...sessionIds] } }).sort({ version: 1 });
      const last = new Map((await found.toArray()).map((document) => [document.session_id, document]));
      const opened = [...last.values()].map(async ({ session_id, version, title }) => {
        const text = await cipher.open(userId, placeOf(session_id, version), title);
        return [session_id, { title: text, chosen: version > 0 }] as const;
      });
      return new Map(await Promise.all(opened));
    },

    async remove(session_id) {
      await titles.deleteMany({ session_id });
    },
  };
}

function placeOf(sessionId: string, version: number): Place {
  return { collection: "session_titles", record: `${sessionId}/${version}`, field: "title" };
}
