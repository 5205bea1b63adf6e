import { createHash, randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import type { Session } from "@mobile-ai-agent/contracts";
import type { Binary, Db, Filter } from "mongodb";
import type { OwnedSession } from "./contexts.ts";
import { readCursor, writeCursor } from "./cursor.ts";
import { createTitles } from "./titles.ts";

interface SessionDocument {
  _id: string;
  user_id: string;
  /** That it was begun with; later ones are `Titles`. Sealed, as `device_info`; text from before there was a cipher. */
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
  /** Whether there is such a session, and it is the user's. */
  isOf(userId: string, id: string): Promise<boolean>;
  /** @returns undefined when there is none, or it is another user's. */
  get(id: string, userId: string): Promise<Session | undefined>;
  /**
   * The user's sessions, the last used first.
   *
   * @param page.after `next` of the page before
   * @returns undefined for an `after` that was never given out
   */
  list(
    userId: string,
    page: { readonly after?: string | undefined; readonly limit: number },
  ): Promise<{ sessions: Session[]; next: string | undefined } | undefined>;
  /** Of all sessions of a user. */
  idsOf(userId: string): AsyncIterable<string>;
  /** What the session's client said of its device. @returns nothing when there is no such session */
  deviceInfoOf(session: OwnedSession): Promise<Record<string, string>>;
  /** Calls a session after its first message, unless somebody has called it something. */
  setAutomaticTitle(session: OwnedSession, title: string): Promise<void>;
  rename(session: OwnedSession, title: string): Promise<void>;
  /** Whether `token` is the one that was given out with the session. */
  matchesToken(id: string, token: string): Promise<boolean>;
  /** Notes that the session was used now. */
  touch(id: string): Promise<void>;
  remove(id: string): Promise<void>;
}

export function createSessionStore(db: Db, cipher: ContentCipher): SessionStore {
  const sessions = db.collection<SessionDocument>("sessions");
  const titles = createTitles(db, cipher);

  /** By its id alone, which is all that FerretDB has an index for. */
  async function find(id: string, userId: string): Promise<SessionDocument | undefined> {
    const document = await sessions.findOne({ _id: id });
    return document?.user_id === userId ? document : undefined;
  }

  async function withTitles(userId: string, documents: readonly SessionDocument[]): Promise<Session[]> {
    if (documents.length === 0) return [];
    const sessionIds = documents.map(({ _id }) => _id);
    const given = await titles.of(userId, sessionIds);
    return await Promise.all(
      documents.map(async (document) => {
        const last = given.get(document._id);
        if (last?.chosen) return describe(document, last.title);
        const begun = await cipher.open(userId, placeOf(document._id, "title"), document.title);
        return describe(document, begun === "" && last ? last.title : begun);
      }),
    );
  }

  return {
    async createIndexes() {
      await sessions.createIndex({ user_id: 1, updated_at: -1, _id: -1 });
      await titles.createIndexes();
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

    isOf: async (userId, id) => (await find(id, userId)) !== undefined,

    async get(id, userId) {
      const document = await find(id, userId);
      return document && (await withTitles(userId, [document]))[0];
    },

    async list(user_id, { after, limit }) {
      const place = after === undefined ? undefined : readCursor(after);
      if (after !== undefined && place === undefined) return undefined;
      const behind: Filter<SessionDocument> = place
        ? { $or: [{ updated_at: { $lt: place.time } }, { updated_at: place.time, _id: { $lt: place.id } }] }
        : {};
      // One more than asked for tells whether there is another page.
      const found = sessions.find({ user_id, ...behind }).sort({ updated_at: -1, _id: -1 });
      const documents = await found.limit(limit + 1).toArray();
      const page = documents.slice(0, limit);
      const last = documents.length > limit ? page.at(-1) : undefined;
      const next = last && writeCursor({ time: last.updated_at, id: last._id });
      return { sessions: await withTitles(user_id, page), next };
    },

    async *idsOf(user_id) {
      const found = sessions.find({ user_id }, { projection: { _id: 1 } });
      for await (const { _id } of found) yield _id;
    },

    async deviceInfoOf({ sessionId, userId }) {
      const document = await find(sessionId, userId);
      if (document === undefined) return {};
      return JSON.parse(await cipher.open(userId, placeOf(sessionId, "device_info"), document.device_info));
    },

    setAutomaticTitle: titles.setAutomatic,
    rename: titles.rename,

    async matchesToken(id, token) {
      const document = await sessions.findOne({ _id: id }, { projection: { token_hash: 1 } });
      return (
        document !== null && timingSafeEqual(Buffer.from(document.token_hash), Buffer.from(hashOf(token)))
      );
    },

    async touch(id) {
      await sessions.updateOne({ _id: id }, { $set: { updated_at: new Date() } });
    },

    async remove(id) {
      await sessions.deleteOne({ _id: id });
      await titles.remove(id);
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
