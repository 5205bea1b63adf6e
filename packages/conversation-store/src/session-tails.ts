import { LRUCache } from "lru-cache";
import type { MessageDocument } from "./message-documents.ts";
import type { SessionEntries } from "./session-entries.ts";
import type { Control } from "./standing.ts";

/** What has to be known of a session's log to read it, and to write to it. */
export interface SessionTail {
  /** Number of the last entry; 0 without any. */
  readonly last: number;
  /** The edits, regenerations and deletions, in order. */
  readonly controls: readonly Control[];
}

export interface SessionTails {
  /** Read from the database, on from what this process knows already. */
  now(sessionId: string): Promise<SessionTail>;
  /** At least up to a number; read only if this process doesn't know that much. */
  upTo(sessionId: string, sequence: number): Promise<SessionTail>;
}

const EMPTY: SessionTail = { last: 0, controls: [] };
/** Those that are in use; the others are read again. */
const MAX_SESSIONS = 5000;

/** Entries stay as they are under their numbers, but for what is erased, so what is known of them stays true. */
export function createSessionTails(entries: SessionEntries): SessionTails {
  const known = new LRUCache<string, SessionTail>({ max: MAX_SESSIONS });

  /** Each entry says which control comes before it. */
  async function controlsUpTo(entry: MessageDocument, { last }: SessionTail): Promise<Control[]> {
    const found: Control[] = [];
    for (let one: MessageDocument | undefined = entry; one && one.sequence > last; ) {
      if (one.change !== undefined) found.push(one);
      one = one.last_change === undefined ? undefined : await entries.at(one.session_id, one.last_change);
    }
    return found.reverse().map(({ sequence, change, target, from, run_id }) => ({
      ...{ sequence, run_id },
      ...(change && { change }),
      ...(target !== undefined && { target }),
      ...(from !== undefined && { from }),
    }));
  }

  async function now(sessionId: string): Promise<SessionTail> {
    const before = known.get(sessionId) ?? EMPTY;
    const [still, next] = await Promise.all([
      before.last > 0 && entries.has(sessionId, before.last),
      entries.at(sessionId, before.last + 1),
    ]);
    if (before.last > 0 && !still) {
      // The session is gone, or the database was restored to a time before.
      known.delete(sessionId);
      entries.forget();
      return await now(sessionId);
    }
    if (!next) return before;
    const end = (await entries.lastFrom(sessionId, next.sequence)) ?? next;
    const controls = [...before.controls, ...(await controlsUpTo(end, before))];
    const tail = { last: end.sequence, controls };
    known.set(sessionId, tail);
    return tail;
  }

  return {
    now,
    async upTo(sessionId, sequence) {
      const tail = known.get(sessionId);
      return tail && tail.last >= sequence ? tail : await now(sessionId);
    },
  };
}
