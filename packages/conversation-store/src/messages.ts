import { randomUUID } from "node:crypto";
import type { ContentCipher } from "@mobile-ai-agent/content-cipher";
import type { Change, Message } from "@mobile-ai-agent/contracts";
import type { Db } from "mongodb";
import { identityOf, requireSameAct } from "./client-ids.ts";
import { createMessageChanges, type MessageChanges } from "./message-changes.ts";
import { createMessageContents } from "./message-contents.ts";
import { isSaying, type MessageDocument } from "./message-documents.ts";
import { createMessageSearch, type MessageSearch } from "./message-search.ts";
import { createSessionLog } from "./session-log.ts";
import { toChange } from "./to-change.ts";

/** A run, and the entry that began it. */
export interface Answering {
  readonly runId: string;
  readonly sessionId: string;
  /** The entry's sequence number. */
  readonly asked: number;
}

type Begun = Omit<Answering, "runId"> & { readonly id: string };

export interface NewUserMessage {
  readonly sessionId: string;
  readonly userId: string;
  readonly type: Message["type"];
  readonly content: string;
  readonly mediaId?: string | undefined;
  readonly clientMessageId?: string | undefined;
}

export interface NewAnswer extends Answering {
  /** Whose session it is. */
  readonly userId: string;
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
   * session already has is not stored again: the stored one is returned with `created` false, whatever this one says.
   *
   * @throws ClientIdTaken when the id is that of an edit or a regeneration
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
  /** The same, where it is known what began the run: found without a search through all messages. */
  answerTo(run: Begun): Promise<Message | undefined>;
  /** Whether the run still is the one that answers its message. */
  isAnswering(run: Begun): Promise<boolean>;
  /** The messages that the session shows, oldest first. */
  list(sessionId: string, page: MessagePage): Promise<Message[]>;
  /** What happened after sequence number `after`, at most `limit`; `last` is the number of the last change there is. */
  changes(
    sessionId: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<{ changes: Change[]; last: number }>;
  /** Up to `limit` messages that end with this one; undefined when the session doesn't show it. */
  history(sessionId: string, limit: number, messageId: string): Promise<Message[] | undefined>;
  removeAll(sessionId: string): Promise<void>;
}

/** Entries that one read takes, once the first ones were not enough. */
const BATCH = 50;

export function createMessageStore(db: Db, cipher: ContentCipher): MessageStore {
  const messages = db.collection<MessageDocument>("messages");
  const contents = createMessageContents(cipher);
  const { toMessage } = contents;
  const log = createSessionLog(messages, contents);
  const changing = createMessageChanges({ messages, log, contents });

  /** The entry that began the run, if it is there and nothing has come in its place. */
  async function beginOf({ runId, sessionId, asked }: Answering, upTo?: number) {
    const begin = await log.at(sessionId, asked);
    if (begin?.run_id !== runId) return undefined;
    return (await log.standing(sessionId, upTo)).isAnswering(begin) ? begin : undefined;
  }

  /** @param last number of the session's last entry */
  async function pageOf(
    session_id: string,
    last: number,
    { after = 0, before, limit }: MessagePage,
  ): Promise<Message[]> {
    const standing = await log.standing(session_id, last);
    const found: MessageDocument[] = [];
    const isForward = before === undefined;
    let [from, to] = [after + 1, Math.min(before ?? Number.POSITIVE_INFINITY, last + 1) - 1];
    // What is not shown can't be told by a number: whether an answer is depends on its run.
    for (let size = limit; from <= to && found.length < limit; size = Math.max(limit, BATCH)) {
      const edge = isForward ? Math.min(to, from + size - 1) : Math.max(from, to - size + 1);
      const batch = await (isForward
        ? log.between(session_id, from, edge)
        : log.between(session_id, edge, to));
      const shown = batch.filter((entry) => isSaying(entry) && standing.isCurrent(entry));
      if (isForward) found.push(...shown.slice(0, limit - found.length));
      else found.unshift(...shown.slice(found.length - limit));
      if (isForward) from = edge + 1;
      else to = edge - 1;
    }
    return await Promise.all(found.map((entry) => toMessage(entry, standing.runOf(entry))));
  }

  return {
    ...changing,
    ...createMessageSearch({ messages, log, contents }),

    async createIndexes() {
      await messages.createIndex({ session_id: 1, sequence: 1 }, { unique: true });
      await messages.createIndex({ session_id: 1, identity: 1 }, { unique: true });
      await messages.createIndex({ session_id: 1, change: 1 });
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
      requireSameAct(added.document, {});
      const message = await toMessage(added.document);
      return { message, runId: message.run_id, created: added.created };
    },

    async findUserMessage(session_id, clientMessageId) {
      const document = await messages.findOne({ session_id, identity: identityOf(clientMessageId) });
      return document === null ? undefined : await toMessage(document);
    },

    async addAnswer({ userId, content, filtered = false, ...run }) {
      const { sessionId, runId, asked } = run;
      const added = await log.append({ sessionId, identity: `answer:${runId}` }, async (last) => {
        if ((await beginOf(run, last)) === undefined) return undefined;
        return {
          user_id: userId,
          ...{ role: "assistant", type: "text", content, run_id: runId, asked },
          ...(filtered && { metadata: { filtered } }),
        };
      });
      return added && (await toMessage(added.document));
    },

    async answerOf(runId) {
      const document = await messages.findOne({ run_id: runId, role: "assistant" });
      return document === null ? undefined : await toMessage(document);
    },

    async answerTo({ id, sessionId, asked }) {
      const { last } = await log.tail(sessionId);
      const isIt = ({ role, run_id }: MessageDocument) => role === "assistant" && run_id === id;
      const document = await log.find(sessionId, { from: asked + 1, to: Math.max(asked + 1, last) }, isIt);
      return document && (await toMessage(document));
    },

    isAnswering: async ({ id: runId, ...run }) => (await beginOf({ runId, ...run })) !== undefined,

    list: async (sessionId, page) => await pageOf(sessionId, (await log.tail(sessionId)).last, page),

    async changes(session_id, { after, limit }) {
      const { last } = await log.tail(session_id);
      const entries = await log.between(session_id, after + 1, Math.min(last, after + limit));
      const standing = await log.standing(session_id, last);
      await changing.finishDeletions(entries);
      const changes = await Promise.all(entries.map((entry) => toChange(entry, standing, contents)));
      return { changes, last };
    },

    async history(session_id, limit, _id) {
      const question = await messages.findOne({ _id });
      if (question?.session_id !== session_id) return undefined;
      const { last } = await log.tail(session_id);
      if (!(await log.standing(session_id, last)).isCurrent(question)) return undefined;
      return await pageOf(session_id, last, { before: question.sequence + 1, limit });
    },

    async removeAll(session_id) {
      await messages.deleteMany({ session_id });
    },
  };
}
