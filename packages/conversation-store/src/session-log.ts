import { setTimeout as delay } from "node:timers/promises";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Collection } from "mongodb";
import type { MessageContents } from "./message-contents.ts";
import type { MessageDocument, NewEntry } from "./message-documents.ts";
import { createSessionEntries, entryId, type SessionEntries } from "./session-entries.ts";
import { createSessionTails, type SessionTail } from "./session-tails.ts";
import { CONTROL, type Control, type Standing, standingOf } from "./standing.ts";

/** The entries of sessions, each under the next number of its session. */
export interface SessionLog extends SessionEntries {
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
  /** Its end, and what of it is about other entries. */
  tail(sessionId: string): Promise<SessionTail>;
  /** What counts as of an entry, the last one unless given. */
  standing(sessionId: string, upTo?: number): Promise<Standing>;
  /** As `standing`, of several sessions. */
  standings(sessionIds: readonly string[]): Promise<(sessionId: string) => Standing>;
}

/** Every round has a winner, so this many writers of one session at one moment all get through. */
const MAX_ATTEMPTS = 100;
/** Entries that are looked through before the database is asked to search. */
const RECENT = 127;

export function createSessionLog(
  messages: Collection<MessageDocument>,
  contents: MessageContents,
): SessionLog {
  const entries = createSessionEntries(messages);
  const tails = createSessionTails(entries);

  /** The entry of this identity. What is done again was done a short time ago, mostly. */
  async function withIdentity(session_id: string, identity: string, last: number) {
    const to = Math.max(1, last - RECENT);
    const recent = await entries.find(session_id, { from: last, to }, (entry) => entry.identity === identity);
    if (recent || to === 1) return recent;
    return (await messages.findOne({ session_id, identity })) ?? undefined;
  }

  /** What stands in the way of an insert: mostly not this identity, but another entry under the number. */
  async function inTheWay(session_id: string, identity: string, before: SessionTail) {
    const { last } = await tails.now(session_id);
    if (last === before.last) return await withIdentity(session_id, identity, last);
    const isIt = (entry: MessageDocument) => entry.identity === identity;
    return await entries.find(session_id, { from: before.last + 1, to: last }, isIt);
  }

  return {
    ...entries,

    /** The id refuses a number to all but one writer; the others try again. */
    async append({ sessionId: session_id, identity }, compose) {
      for (let attempt = 1; ; attempt++) {
        const tail = await tails.now(session_id);
        const entry = await compose(tail.last);
        if (entry === undefined) {
          const existing = await withIdentity(session_id, identity, tail.last);
          return existing && { document: existing, created: false };
        }
        const _id = entryId(session_id, tail.last + 1);
        const last_change = tail.controls.at(-1)?.sequence;
        const document: MessageDocument = {
          ...entry,
          ...{ _id, session_id, identity, sequence: tail.last + 1, created_at: new Date() },
          ...(last_change !== undefined && { last_change }),
          content: await contents.seal({ _id, session_id, user_id: entry.user_id }, entry.content),
        };
        // A deletion has no run.
        if (document.change === "deletion") document.run_id = _id;
        try {
          await messages.insertOne(document);
          return { document, created: true };
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
          const existing = await inTheWay(session_id, identity, tail);
          if (existing) return { document: existing, created: false };
          if (attempt === MAX_ATTEMPTS) throw error;
        }
        await delay(Math.random() * Math.min(attempt, 10));
      }
    },

    tail: tails.now,

    async standing(sessionId, upTo) {
      const { controls } = await (upTo === undefined ? tails.now(sessionId) : tails.upTo(sessionId, upTo));
      return standingOf(upTo === undefined ? controls : controls.filter(({ sequence }) => sequence <= upTo));
    },

    async standings(sessionIds) {
      const change = { $in: ["edit", "regeneration", "deletion"] as ("edit" | "regeneration")[] };
      const found = messages.find(
        { session_id: { $in: [...sessionIds] }, change },
        { projection: { ...CONTROL, session_id: 1 } },
      );
      const bySession = new Map<string, Control[]>(sessionIds.map((id) => [id, []]));
      for await (const control of found) bySession.get(control.session_id)?.push(control);
      return (sessionId) => standingOf(bySession.get(sessionId) ?? []);
    },
  };
}
