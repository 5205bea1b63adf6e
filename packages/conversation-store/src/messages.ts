import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { Message } from "@mobile-ai-agent/contracts";
import { isDuplicateKey } from "@mobile-ai-agent/service-kit";
import type { Db } from "mongodb";

interface MessageDocument {
  _id: string;
  session_id: string;
  sequence: number;
  /** What makes a message the same one again: unique in its session, always present (no partial indexes). */
  identity: string;
  client_message_id?: string;
  user_id?: string;
  role: Message["role"];
  type: Message["type"];
  content: string;
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

export function createMessageStore(db: Db): MessageStore {
  const messages = db.collection<MessageDocument>("messages");

  /**
   * Takes the next sequence number; the unique index refuses it to all but one writer, the others try again.
   */
  async function insert(
    message: Omit<MessageDocument, "_id" | "sequence" | "created_at">,
  ): Promise<{ message: Message; created: boolean }> {
    const { session_id, identity } = message;
    for (let attempt = 1; ; attempt++) {
      const last = await messages.findOne(
        { session_id },
        { sort: { sequence: -1 }, projection: { sequence: 1 } },
      );
      const document: MessageDocument = {
        ...message,
        _id: randomUUID(),
        sequence: (last?.sequence ?? 0) + 1,
        created_at: new Date(),
      };
      try {
        await messages.insertOne(document);
        return { message: toMessage(document), created: true };
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const existing = await messages.findOne({ session_id, identity });
        if (existing !== null) return { message: toMessage(existing), created: false };
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
      return document === null ? undefined : toMessage(document);
    },

    async addAnswer({ sessionId, runId, content, filtered = false }) {
      const answer = {
        ...({ role: "assistant", type: "text", content, run_id: runId } as const),
        ...(filtered && { metadata: { filtered } }),
      };
      return (await insert({ session_id: sessionId, identity: `answer:${runId}`, ...answer })).message;
    },

    async answerOf(runId) {
      const document = await messages.findOne({ run_id: runId, role: "assistant" });
      return document === null ? undefined : toMessage(document);
    },

    async list(sessionId, { after, limit }) {
      const page = messages.find({ session_id: sessionId, sequence: { $gt: after } });
      return (await page.sort({ sequence: 1 }).limit(limit).toArray()).map(toMessage);
    },

    async history(sessionId, limit) {
      const latest = messages.find({ session_id: sessionId }).sort({ sequence: -1 }).limit(limit);
      return (await latest.toArray()).reverse().map(toMessage);
    },

    async search(sessionId, { text, limit }) {
      const content = { $regex: text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), $options: "i" };
      const found = messages.find({ session_id: sessionId, content }).sort({ sequence: -1 }).limit(limit);
      return (await found.toArray()).map(toMessage);
    },
  };
}

const identityOf = (clientMessageId: string) => `client:${clientMessageId}`;

function toMessage(document: MessageDocument): Message {
  const { _id, session_id, sequence, client_message_id, role, type, content, run_id, created_at } = document;
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
