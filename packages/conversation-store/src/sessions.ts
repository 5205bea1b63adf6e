import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import type { Session } from "@mobile-ai-agent/contracts";
import type { Binary, Db } from "mongodb";

interface SessionDocument {
  _id: string;
  user_id: string;
  /** Sealed, as `device_info`; text in sessions from before there was a cipher. */
  title: Binary | string;
  /** SHA-256 of the session token, base64url; the token itself is shown once and kept nowhere. */
  token_hash: string;
  /** JSON text: the keys are the client's, and a database takes no `$os` and no `os.name`. */
  device_info: Binary | string;
  created_at: Date;
  updated_at: Date;
}

export interface NewSession {
  readonly userId: string;
  readonly title?: string | undefined;
  readonly deviceInfo?: Record<string, string> | undefined;
}

export interface SessionStore {
  createIndexes(): Promise<void>;
  create(session: NewSession): Promise<{ session: Session; token: string }>;
  /** @returns undefined when there is none, or it is another user's. */
  get(id: string, userId: string): Promise<Session | undefined>;
  /** The user's sessions, the last used first, at most 100. */
  list(userId: string): Promise<Session[]>;
  /** Whether `token` is the one that was given out with the session. */
  matchesToken(id: string, token: string): Promise<boolean>;
  /** Notes that the session was used now. */
  touch(id: string): Promise<void>;
}

const LIST_LIMIT = 100;

export function createSessionStore(db: Db, cipher: ContentCipher): SessionStore {
  const sessions = db.collection<SessionDocument>("sessions");
  const toSession = async (document: SessionDocument) =>
    describe(document, await cipher.open(document.user_id, placeOf(document._id, "title"), document.title));
  return {
    async createIndexes() {
      await sessions.createIndex({ user_id: 1, updated_at: -1 });
    },

    async create({ userId, title = "", deviceInfo = {} }) {
      const token = randomBytes(32).toString("base64url");
      const now = new Date();
      const _id = randomUUID();
      const document: SessionDocument = {
        _id,
        user_id: userId,
        title: await cipher.seal(userId, placeOf(_id, "title"), title),
        token_hash: hashOf(token),
        device_info: await cipher.seal(userId, placeOf(_id, "device_info"), JSON.stringify(deviceInfo)),
        created_at: now,
        updated_at: now,
      };
      await sessions.insertOne(document);
      return { session: describe(document, title), token };
    },

    async get(id, userId) {
      const document = await sessions.findOne({ _id: id, user_id: userId });
      return document === null ? undefined : await toSession(document);
    },

    async list(userId) {
      const found = sessions.find({ user_id: userId }).sort({ updated_at: -1 }).limit(LIST_LIMIT);
      return await Promise.all((await found.toArray()).map(toSession));
    },

    async matchesToken(id, token) {
      const document = await sessions.findOne({ _id: id }, { projection: { token_hash: 1 } });
      return (
        document !== null && timingSafeEqual(Buffer.from(document.token_hash), Buffer.from(hashOf(token)))
      );
    },

    async touch(id) {
      await sessions.updateOne({ _id: id }, { $set: { updated_at: new Date() } });
    },
  };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("base64url");
}

function placeOf(id: string, field: "title" | "device_info"): Place {
  return { collection: "sessions", record: id, field };
}

function describe({ _id, created_at, updated_at }: SessionDocument, title: string): Session {
  return { id: _id, title, created_at: created_at.toISOString(), updated_at: updated_at.toISOString() };
}
