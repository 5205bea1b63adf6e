import { setTimeout as delay } from "node:timers/promises";
import type { Context, UpdateContextRequest } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";
import { type JsonObject, mergePatch } from "./merge-patch.ts";

/**
 * Each version is a document, the last one counts. A unique insert decides between two writers on every
 * database; FerretDB's conditional update doesn't, it finds and writes in two steps.
 */
interface ContextDocument {
  session_id: string;
  version: number;
  /** JSON text: the keys are the user's, and a database gives some keys (`$set`, `a.b`) a meaning. */
  context: string;
  created_at: Date;
}

export type ContextUpdate =
  | { readonly outcome: "updated"; readonly context: Context }
  /** The context has another version than the caller expected. */
  | { readonly outcome: "conflict" }
  /** Merged, it would exceed `MAX_CONTEXT_BYTES`. */
  | { readonly outcome: "too_large" };

export interface ContextStore {
  createIndexes(): Promise<void>;
  /** A session that was given none has version 0 and an empty context. */
  get(sessionId: string): Promise<Context>;
  /** Merges `patch` (RFC 7396). With `expectedVersion`, only if that is still the version. */
  update(sessionId: string, patch: UpdateContextRequest, expectedVersion?: number): Promise<ContextUpdate>;
}

/** Of a session's context as JSON in UTF-8. */
export const MAX_CONTEXT_BYTES = 64 * 1024;

const MAX_ATTEMPTS = 100;

/**
 * Versions that were followed by others are kept for longer than any writer takes, so that none is written
 * again.
 */
const KEEP_MS = 60 * 60 * 1000;

export function createContextStore(db: Db): ContextStore {
  const contexts = db.collection<ContextDocument>("contexts");

  async function get(sessionId: string): Promise<Context> {
    const last = await contexts.findOne({ session_id: sessionId }, { sort: { version: -1 } });
    if (last === null) return { session_id: sessionId, version: 0, context: {} };
    return { session_id: sessionId, version: last.version, context: JSON.parse(last.context) as JsonObject };
  }

  /** @returns false when another writer has made this version. */
  async function add({ session_id, version }: Context, context: string): Promise<boolean> {
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

    async update(sessionId, patch, expectedVersion) {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
        const current = await get(sessionId);
        if (expectedVersion !== undefined && current.version !== expectedVersion)
          return { outcome: "conflict" };
        const context = mergePatch(current.context, patch);
        const json = JSON.stringify(context);
        if (Buffer.byteLength(json) > MAX_CONTEXT_BYTES) return { outcome: "too_large" };
        const next = { session_id: sessionId, version: current.version + 1, context };
        if (await add(next, json)) return { outcome: "updated", context: next };
        await delay(Math.random() * 10);
      }
      throw new Error(`the context of session ${sessionId} is being changed too often`);
    },
  };
}
