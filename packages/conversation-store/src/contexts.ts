import { setTimeout as delay } from "node:timers/promises";
import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import type { Context, UpdateContextRequest } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Binary, Db } from "mongodb";
import { type JsonObject, mergePatch } from "./merge-patch.ts";

/**
 * Each version is a document, the last one counts. A unique insert decides between two writers on every
 * database; FerretDB's conditional update doesn't, it finds and writes in two steps.
 */
interface ContextDocument {
  session_id: string;
  version: number;
  /** JSON text, sealed; as it is in contexts from before there was a cipher. */
  context: Binary | string;
  created_at: Date;
}

export type ContextUpdate =
  | { readonly outcome: "updated"; readonly context: Context }
  /** The context has another version than the caller expected. */
  | { readonly outcome: "conflict" }
  /** Merged, it would exceed `MAX_CONTEXT_BYTES`. */
  | { readonly outcome: "too_large" };

/** Whose context it is. The caller has found out that the session is this user's. */
export interface OwnedSession {
  readonly sessionId: string;
  readonly userId: string;
}

export interface ContextStore {
  createIndexes(): Promise<void>;
  /** A session that was given none has version 0 and an empty context. */
  get(session: OwnedSession): Promise<Context>;
  /** Merges `patch` (RFC 7396). With `expectedVersion`, only if that is still the version. */
  update(
    session: OwnedSession,
    patch: UpdateContextRequest,
    expectedVersion?: number,
  ): Promise<ContextUpdate>;
  removeAll(sessionId: string): Promise<void>;
}

/** Of a session's context as JSON in UTF-8. */
export const MAX_CONTEXT_BYTES = 64 * 1024;

const MAX_ATTEMPTS = 100;

/**
 * Versions that were followed by others are kept for longer than any writer takes, so that none is written
 * again.
 */
const KEEP_MS = 60 * 60 * 1000;

export function createContextStore(db: Db, cipher: ContentCipher): ContextStore {
  const contexts = db.collection<ContextDocument>("contexts");

  async function get({ sessionId, userId }: OwnedSession): Promise<Context> {
    const last = await contexts.findOne({ session_id: sessionId }, { sort: { version: -1 } });
    if (last === null) return { session_id: sessionId, version: 0, context: {} };
    const json = await cipher.open(userId, placeOf(last), last.context);
    return { session_id: sessionId, version: last.version, context: JSON.parse(json) as JsonObject };
  }

  /** @returns false when another writer has made this version. */
  async function add(userId: string, { session_id, version }: Context, json: string): Promise<boolean> {
    const context = await cipher.seal(userId, placeOf({ session_id, version }), json);
    try {
      await contexts.insertOne({ session_id, version, context, created_at: new Date() });
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
    const created_at = { $lt: new Date(Date.now() - KEEP_MS) };
    await contexts.deleteMany({ session_id, version: { $lt: version }, created_at });
    return true;
  }

  return {
    async createIndexes() {
      await contexts.createIndex({ session_id: 1, version: 1 }, { unique: true });
    },

    get,

    async update(session, patch, expectedVersion) {
      const { sessionId, userId } = session;
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const current = await get(session);
        if (expectedVersion !== undefined && current.version !== expectedVersion)
          return { outcome: "conflict" };
        const context = mergePatch(current.context, patch);
        const json = JSON.stringify(context);
        if (Buffer.byteLength(json) > MAX_CONTEXT_BYTES) return { outcome: "too_large" };
        const next = { session_id: sessionId, version: current.version + 1, context };
        if (await add(userId, next, json)) return { outcome: "updated", context: next };
        await delay(Math.random() * 10);
      }
      throw new Error(`the context of session ${sessionId} is being changed too often`);
    },

    async removeAll(session_id) {
      await contexts.deleteMany({ session_id });
    },
  };
}

function placeOf({ session_id, version }: Pick<ContextDocument, "session_id" | "version">): Place {
  return { collection: "contexts", record: `${session_id}/${version}`, field: "context" };
}
