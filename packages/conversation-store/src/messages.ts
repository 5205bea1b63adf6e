import { randomUUID } from "node:crypto";
import type { ContentCipher } from "@mobile-ai-agent/content-cipher";
import type { Change, Message } from "@mobile-ai-agent/contracts";
import type { Db } from "mongodb";
import { createMessageChanges, type MessageChanges } from "./message-changes.ts";
import { createMessageContents } from "./message-contents.ts";
import { identityOf, type MessageDocument, SAYING } from "./message-documents.ts";
import { createMessageSearch, type MessageSearch } from "./message-search.ts";
import { createSessionLog } from "./session-log.ts";
import { toChange } from "./to-change.ts";

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

export interface MessagePage {
  readonly after?: number;
  /** With it, the page is the one next to it. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/**
 * The messages of sessions. Of each session there is a log of what was said and what was done about it, under numbers
 * without gaps; what a session shows follows from the log (`Standing`).
 */
export interface MessageStore extends MessageChanges, MessageSearch {
  createIndexes(): Promise<void>;
  /**
   * Stores a message with the session's next sequence number and a new run id. A message whose client id the
   * session already has is not stored again: the stored one is returned with `created` false.
   */
  addUserMessage(message: NewUserMessage): Promise<{ message: Message; runId: string; created: boolean }>;
  /** The user's message with this client id, if the session has it. */
  findUserMessage(sessionId: string, clientMessageId: string): Promise<Message | undefined>;
  /**
   * Stores the answer of a run; a run has one answer, so a second call returns the first's.
   *
   * @returns undefined when the run answers nothing any more: its message was superseded or deleted
   */
  addAnswer(answer: NewAnswer): Promise<Message | undefined>;
  /** The answer of a run, once it is stored. */
  answerOf(runId: string): Promise<Message | undefined>;
  /** Whether the run still is the one that answers its message. */
  isAnswering(run: { readonly id: string; readonly sessionId: string }): Promise<boolean>;
  /** The messages that the session shows, oldest first. */
  list(sessionId: string, page: MessagePage): Promise<Message[]>;
  /** What happened after sequence number `after`, at most `limit`. */
  changes(sessionId: string, page: { readonly after: number; readonly limit: number }): Promise<Change[]>;
  /** Up to `limit` messages that end with this one; undefined when the session doesn't show it. */
  history(sessionId: string, limit: number, messageId: string): Promise<Message[] | undefined>;
  removeAll(sessionId: string): Promise<void>;
}

/** Entries that one read takes, at least. */
const BATCH = 50;

export function createMessageStore(db: Db, cipher: ContentCipher): MessageStore {
  const messages = db.collection<MessageDocument>("messages");
  const contents = createMessageContents(cipher);
  const { toMessage } = contents;
  const log = createSessionLog(messages, contents);
  const changing = createMessageChanges({ messages, log, contents });

  /** The entry of a person's that began the run. */
  const beginOf = (run_id: string) => messages.findOne({ run_id, role: "user" });

  async function list(session_id: string, { after = 0, before, limit }: MessagePage): Promise<Message[]> {
    const last = await log.last(session_id);
    const standing = await log.standing(session_id, last);
    const found: MessageDocument[] = [];
    const inOrder = async () => {
      const page = step > 0 ? found : found.toReversed();
      return await Promise.all(page.map((entry) => toMessage(entry, standing.runOf(entry))));
    };
    const end = Math.min(before ?? Number.POSITIVE_INFINITY, last + 1);
    const range = { $gt: after, $lt: end };
    const step = before === undefined ? 1 : -1;
    // What is not shown can't be told by a query: whether an answer is depends on its run.
    for (;;) {
      const entries = await messages
        .find({ session_id, sequence: { ...range }, ...SAYING })
        .sort({ sequence: step })
        .limit(Math.max(limit, BATCH))
        .toArray();
      for (const entry of entries) {
        if (!standing.isCurrent(entry)) continue;
        found.push(entry);
        if (found.length === limit) return await inOrder();
      }
      if (entries.length < Math.max(limit, BATCH)) return await inOrder();
      const edge = entries.at(-1)?.sequence ?? 0;
      if (step > 0) range.$gt = edge;
      else range.$lt = edge;
    }
  }

  return {
    ...changing,
    ...createMessageSearch({ messages, log, contents }),

    async createIndexes() {
      await messages.createIndex({ session_id: 1, sequence: 1 }, { unique: true });
      await messages.createIndex({ session_id: 1, identity: 1 }, { unique: true });
      await messages.createIndex({ session_id: 1, change: 1, sequence: 1 });
      await messages.createIndex({ run_id: 1, role: 1 }, { unique: true });
      await messages.createIndex({ user_id: 1, created_at: -1, _id: -1 });
    },

    async addUserMessage({ sessionId, userId, type, content, mediaId, clientMessageId }) {
      const runId = randomUUID();
      const identity = clientMessageId === undefined ? `run:${runId}` : identityOf(clientMessageId);
      const added = await log.append({ sessionId, identity }, () => ({
        user_id: userId,
        ...(clientMessageId === undefined ? {} : { client_message_id: clientMessageId }),
        role: "user",
        type,
        content,
        ...(mediaId === undefined ? {} : { media_id: mediaId }),
        run_id: runId,
      }));
      if (added === undefined) throw new Error("a message was not added");
      const message = await toMessage(added.document);
      return { message, runId: message.run_id, created: added.created };
    },

    async findUserMessage(session_id, clientMessageId) {
      const document = await messages.findOne({ session_id, identity: identityOf(clientMessageId) });
      return document === null ? undefined : await toMessage(document);
    },

    async addAnswer({ sessionId, userId, runId, content, filtered = false }) {
      const begin = await beginOf(runId);
      const added = await log.append({ sessionId, identity: `answer:${runId}` }, async (last) => {
        if (begin === null || !(await log.standing(sessionId, last)).isAnswering(begin)) return undefined;
        return {
          user_id: userId,
          ...{ role: "assistant", type: "text", content, run_id: runId, asked: begin.sequence },
          ...(filtered && { metadata: { filtered } }),
        };
      });
      return added && (await toMessage(added.document));
    },

    async answerOf(runId) {
      const document = await messages.findOne({ run_id: runId, role: "assistant" });
      return document === null ? undefined : await toMessage(document);
    },

    async isAnswering({ id, sessionId }) {
      const begin = await beginOf(id);
      return begin !== null && (await log.standing(sessionId)).isAnswering(begin);
    },

    list,

    async changes(session_id, { after, limit }) {
      const page = messages.find({ session_id, sequence: { $gt: after } });
      const entries = await page.sort({ sequence: 1 }).limit(limit).toArray();
      const standing = await log.standing(session_id);
      await changing.finishDeletions(entries);
      return await Promise.all(entries.map((entry) => toChange(entry, standing, contents)));
    },

    async history(session_id, limit, _id) {
      const question = await messages.findOne({ _id, session_id });
      if (question === null || !(await log.standing(session_id)).isCurrent(question)) return undefined;
      return await list(session_id, { before: question.sequence + 1, limit });
    },

    async removeAll(session_id) {
      await messages.deleteMany({ session_id });
    },
  };
}
