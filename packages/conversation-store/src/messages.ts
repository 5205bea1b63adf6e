import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import type { Message } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Binary, Db } from "mongodb";

interface MessageDocument {
  _id: string;
  session_id: string;
  sequence: number;
  /** What makes a message the same one again: unique in its session, always present (no partial indexes). */
  identity: string;
  client_message_id?: string;
  /** Whose key seals it: the session's user, also of answers. Absent in answers from before there was a cipher. */
  user_id?: string;
  role: Message["role"];
  type: Message["type"];
  /** Sealed; text in messages from before there was a cipher. */
  content: Binary | string;
  media_id?: string;
  run_id: string;
  created_at: Date;
  metadata?: Message["metadata"];
}

export interface NewUserMessage {
  readonly sessionId: string;
  readonly userId: string;
  readonly type: Message["type"];
  readonly content: string;
  readonly mediaId?: string | undefined;
  readonly clientMessageId?: string | undefined;
}

export interface NewAnswer {
  readonly sessionId: string;
  /** Whose session it is. */
  readonly userId: string;
  readonly runId: string;
  readonly content: string;
  /** Whether the output filter or a refusal changed it. */
  readonly filtered?: boolean;
}

export interface MessageStore {
  createIndexes(): Promise<void>;
  /**
   * Stores a message with the session's next sequence number and a new run id. A message whose client id the
   * session already has is not stored again: the stored one is returned with `created` false.
   */
  addUserMessage(message: NewUserMessage): Promise<{ message: Message; runId: string; created: boolean }>;
  /** The user's message with this client id, if the session has it. */
  findUserMessage(sessionId: string, clientMessageId: string): Promise<Message | undefined>;
  /** Stores the answer of a run; a run has one answer, so a second call returns the first's. */
  addAnswer(answer: NewAnswer): Promise<Message>;
  /** The answer of a run, once it is stored. */
  answerOf(runId: string): Promise<Message | undefined>;
  /** Messages after sequence number `after`, oldest first, at most `limit`. */
  list(sessionId: string, page: { after: number; limit: number }): Promise<Message[]>;
  /** The session's last `limit` messages, oldest first. */
  history(sessionId: string, limit: number): Promise<Message[]>;
  /** The session's messages that contain `text`, in any case, the latest first, at most `limit`. */
  search(sessionId: string, query: { text: string; limit: number }): Promise<Message[]>;
}

/** Every round has a winner, so this many writers of one session at one moment all get through. */
const MAX_ATTEMPTS = 100;

/** What a search has in memory at a time. */
const SEARCH_BATCH = 100;

export function createMessageStore(db: Db, cipher: ContentCipher): MessageStore {
  const messages = db.collection<MessageDocument>("messages");
  const toMessage = async (document: MessageDocument) =>
    describe(document, await cipher.open(document.user_id ?? "", placeOf(document), document.content));
  const toMessages = (documents: readonly MessageDocument[]) => Promise.all(documents.map(toMessage));

  /**
   * Takes the next sequence number; the unique index refuses it to all but one writer, the others try again.
   */
  async function insert(
    message: Omit<MessageDocument, "_id" | "sequence" | "created_at"> & { user_id: string; content: string },
  ): Promise<{ message: Message; created: boolean }> {
    const { session_id, identity, user_id } = message;
    const _id = randomUUID();
    const content = await cipher.seal(user_id, placeOf({ session_id, _id }), message.content);
    for (let attempt = 1; ; attempt++) {
      const last = await messages.findOne(
        { session_id },
        { sort: { sequence: -1 }, projection: { sequence: 1 } },
      );
      const document: MessageDocument = {
        ...message,
        _id,
        content,
        sequence: (last?.sequence ?? 0) + 1,
        created_at: new Date(),
      };
      try {
        await messages.insertOne(document);
        return { message: describe(document, message.content), created: true };
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const existing = await messages.findOne({ session_id, identity });
        if (existing !== null) return { message: await toMessage(existing), created: false };
        if (attempt === MAX_ATTEMPTS) throw error;
        await delay(Math.random() * Math.min(attempt, 10));
      }
    }
  }

  return {
    async createIndexes() {
      await messages.createIndex({ session_id: 1, sequence: 1 }, { unique: true });
      await messages.createIndex({ session_id: 1, identity: 1 }, { unique: true });
      await messages.createIndex({ run_id: 1, role: 1 }, { unique: true });
    },

    async addUserMessage({ sessionId, userId, type, content, mediaId, clientMessageId }) {
      const runId = randomUUID();
      const { message, created } = await insert({
        session_id: sessionId,
        user_id: userId,
        identity: clientMessageId === undefined ? `run:${runId}` : identityOf(clientMessageId),
        ...(clientMessageId === undefined ? {} : { client_message_id: clientMessageId }),
        role: "user",
        type,
        content,
        ...(mediaId === undefined ? {} : { media_id: mediaId }),
        run_id: runId,
      });
      return { message, runId: message.run_id, created };
    },

    async findUserMessage(sessionId, clientMessageId) {
      const document = await messages.findOne({
        session_id: sessionId,
        identity: identityOf(clientMessageId),
      });
      return document === null ? undefined : await toMessage(document);
    },

    async addAnswer({ sessionId, userId, runId, content, filtered = false }) {
      const answer = {
        ...({ role: "assistant", type: "text", content, run_id: runId } as const),
        ...(filtered && { metadata: { filtered } }),
      };
      const place = { session_id: sessionId, user_id: userId, identity: `answer:${runId}` };
      return (await insert({ ...place, ...answer })).message;
    },

    async answerOf(runId) {
      const document = await messages.findOne({ run_id: runId, role: "assistant" });
      return document === null ? undefined : await toMessage(document);
    },

    async list(sessionId, { after, limit }) {
      const page = messages.find({ session_id: sessionId, sequence: { $gt: after } });
      return await toMessages(await page.sort({ sequence: 1 }).limit(limit).toArray());
    },

    async history(sessionId, limit) {
      const latest = messages.find({ session_id: sessionId }).sort({ sequence: -1 }).limit(limit);
      return await toMessages((await latest.toArray()).reverse());
    },

    async search(sessionId, { text, limit }) {
      // The database can't read it: the session's messages are opened, the latest first, until there are enough.
      const wanted = new RegExp(text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "i");
      const latest = messages
        .find({ session_id: sessionId }, { batchSize: SEARCH_BATCH })
        .sort({ sequence: -1 });
      const found: Message[] = [];
      for await (const document of latest) {
        const message = await toMessage(document);
        if (wanted.test(message.content)) found.push(message);
        if (found.length === limit) break;
      }
      return found;
    },
  };
}

const identityOf = (clientMessageId: string) => `client:${clientMessageId}`;

function placeOf({ session_id, _id }: Pick<MessageDocument, "session_id" | "_id">): Place {
  return { collection: "messages", record: `${session_id}/${_id}`, field: "content" };
}

function describe(document: MessageDocument, content: string): Message {
  const { _id, session_id, sequence, client_message_id, role, type, run_id, created_at } = document;
  const { media_id, metadata } = document;
  return {
    id: _id,
    session_id,
    sequence,
    ...(client_message_id === undefined ? {} : { client_message_id }),
    role,
    type,
    content,
    ...(media_id === undefined ? {} : { media_id }),
    run_id,
    created_at: created_at.toISOString(),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
