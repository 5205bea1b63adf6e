import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Collection } from "mongodb";
import type { MessageContents } from "./message-contents.ts";
import type { MessageDocument, NewEntry } from "./message-documents.ts";
import { CONTROL, type Control, type Standing, standingOf } from "./standing.ts";

/** The entries of sessions, each under the next number of its session. */
export interface SessionLog {
  /**
   * Adds an entry, unless the session has one of this identity.
   *
   * @param compose what to add, or undefined to add nothing: it is asked again when another writer was faster, so that
   *   what it decides is decided on all entries ahead of its own
   * @returns the entry, the stored one where the identity is known; undefined when nothing was added
   */
  append(
    place: { readonly sessionId: string; readonly identity: string },
    compose: (last: number) => Promise<NewEntry | undefined> | NewEntry,
  ): Promise<{ document: MessageDocument; created: boolean } | undefined>;
  /** Sequence number of the last entry; 0 without any. */
  last(sessionId: string): Promise<number>;
  /** What counts as of an entry, the last one unless given. */
  standing(sessionId: string, upTo?: number): Promise<Standing>;
  /** As `standing`, of several sessions. */
  standings(sessionIds: readonly string[]): Promise<(sessionId: string) => Standing>;
}

/** Every round has a winner, so this many writers of one session at one moment all get through. */
const MAX_ATTEMPTS = 100;

export function createSessionLog(
  messages: Collection<MessageDocument>,
  contents: MessageContents,
): SessionLog {
  const changes = { change: { $in: ["edit", "regeneration", "deletion"] as ("edit" | "regeneration")[] } };

  async function last(session_id: string): Promise<number> {
    const found = await messages.findOne(
      { session_id },
      { sort: { sequence: -1 }, projection: { sequence: 1 } },
    );
    return found?.sequence ?? 0;
  }

  return {
    /** The unique index refuses a number to all but one writer; the others try again. */
    async append({ sessionId: session_id, identity }, compose) {
      const _id = randomUUID();
      for (let attempt = 1; ; attempt++) {
        const known = await last(session_id);
        const entry = await compose(known);
        const document: MessageDocument | undefined = entry && {
          ...entry,
          ...{ _id, session_id, identity, sequence: known + 1, created_at: new Date() },
          content: await contents.seal({ _id, session_id, user_id: entry.user_id }, entry.content),
        };
        // A deletion has no run.
        if (document?.change === "deletion") document.run_id = document._id;
        let refusal: unknown;
        try {
          if (document) {
            await messages.insertOne(document);
            return { document, created: true };
          }
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
          refusal = error;
        }
        const existing = await messages.findOne({ session_id, identity });
        if (existing !== null) return { document: existing, created: false };
        if (document === undefined) return undefined;
        if (attempt === MAX_ATTEMPTS) throw refusal;
        await delay(Math.random() * Math.min(attempt, 10));
      }
    },

    last,

    async standing(session_id, upTo) {
      const range = upTo === undefined ? {} : { sequence: { $lte: upTo } };
      const found = messages.find({ session_id, ...changes, ...range }, { projection: CONTROL });
      return standingOf(await found.toArray());
    },

    async standings(sessionIds) {
      const found = messages.find(
        { session_id: { $in: [...sessionIds] }, ...changes },
        { projection: { ...CONTROL, session_id: 1 } },
      );
      const bySession = new Map<string, Control[]>(sessionIds.map((id) => [id, []]));
      for await (const control of found) bySession.get(control.session_id)?.push(control);
      return (sessionId) => standingOf(bySession.get(sessionId) ?? []);
    },
  };
}
