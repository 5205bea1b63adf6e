import { randomUUID } from "node:crypto";
import type { Change, Message } from "@mobile-ai-agent/contracts";
import type { Collection } from "mongodb";
import { identityOf, requireSameAct } from "./client-ids.ts";
import type { MessageContents } from "./message-contents.ts";
import { ERASURE, isSaying, type MessageDocument, type NewEntry } from "./message-documents.ts";
import type { SessionLog } from "./session-log.ts";
import { toChange } from "./to-change.ts";

interface ToSupersede {
  readonly sessionId: string;
  readonly messageId: string;
  readonly userId: string;
  readonly clientMessageId: string;
  /** Sequence number of the last change that the caller knows. */
  readonly after: number;
}

export type Superseding =
  /** `messageId` is the message that `runId` answers; the entry under number `asked` began that run. */
  | {
      readonly outcome: "changed";
      readonly change: Change;
      readonly messageId: string;
      readonly runId: string;
      readonly asked: number;
    }
  /** Somebody has written or changed something since, there is no such change yet, or the message is not shown any more. */
  | { readonly outcome: "conflict" }
  /** There is no such message of the user's. */
  | { readonly outcome: "not_found" }
  /** A text would be left without content. */
  | { readonly outcome: "empty" };

export interface MessageChanges {
  /**
   * Writes a message of the user's anew; what followed it is superseded. Resent, it is done once: the first one counts.
   *
   * @throws ClientIdTaken when the id is that of something else than an edit of this message
   */
  edit(message: ToSupersede & { readonly content: string }): Promise<Superseding>;
  /**
   * Lets another run answer a message of the user's; what followed it is superseded. Resent, it is done once.
   *
   * @throws ClientIdTaken when the id is that of something else than a regeneration for this message
   */
  regenerate(message: ToSupersede): Promise<Superseding>;
  /**
   * Removes a message for good: a user's with what it was before it was edited, and all answers to it. Again it does
   * what may be left to do.
   *
   * @returns the change and the runs whose events tell of what was deleted, or undefined when there is no such message
   */
  remove(sessionId: string, messageId: string): Promise<{ change: Change; runIds: string[] } | undefined>;
  /** Versions of a message that is shown, oldest first, the last ones; undefined when none is. */
  versions(sessionId: string, messageId: string): Promise<Message[] | undefined>;
  /** Does what is left of deletions among these entries, whose process died. */
  finishDeletions(entries: readonly MessageDocument[]): Promise<void>;
}

/** How far back versions are looked for. */
const MAX_VERSIONS = 50;

export interface MessageParts {
  readonly messages: Collection<MessageDocument>;
  readonly log: SessionLog;
  readonly contents: MessageContents;
}

export function createMessageChanges({ messages, log, contents }: MessageParts): MessageChanges {
  const find = async (session_id: string, _id: string) => {
    const found = await messages.findOne({ _id });
    return found?.session_id === session_id && isSaying(found) ? found : undefined;
  };

  /** The message and what it was before it was edited, the last version first. */
  async function chainOf(
    message: MessageDocument,
    most = Number.POSITIVE_INFINITY,
  ): Promise<MessageDocument[]> {
    const chain = [message];
    for (let one = message; one.target !== undefined && chain.length < most; ) {
      const before = await find(one.session_id, one.target);
      if (before === undefined) break;
      chain.push(before);
      one = before;
    }
    return chain;
  }

  /** All runs that have answered the messages, or do. */
  async function runsOf(session_id: string, questions: readonly MessageDocument[]): Promise<string[]> {
    const ids = questions.map(({ _id }) => _id);
    const { controls } = await log.tail(session_id);
    const again = controls.filter(
      ({ change, target = "" }) => change === "regeneration" && ids.includes(target),
    );
    return [...questions, ...again].map(({ run_id }) => run_id);
  }

  /**
   * What a person did between `after` and the entry to come decides, which the entry's number makes sure of. Who knows
   * more changes than there are, as after a restore from a backup, has not seen these.
   */
  async function supersede(
    change: "edit" | "regeneration",
    { sessionId, messageId, clientMessageId, after }: ToSupersede,
    entryFor: (target: MessageDocument) => Omit<NewEntry, "change" | "target" | "from">,
  ): Promise<Superseding> {
    const target = await find(sessionId, messageId);
    if (target === undefined || target.role !== "user") return { outcome: "not_found" };
    const place = { sessionId, identity: identityOf(clientMessageId) };
    const added = await log.append(place, async (last) => {
      const standing = await log.standing(sessionId, last);
      if (!standing.isCurrent(target) || after > last) return undefined;
      const unseen = await log.between(sessionId, after + 1, last);
      if (unseen.some(({ role }) => role === "user")) return undefined;
      return { ...entryFor(target), change, target: target._id, from: target.sequence };
    });
    if (added === undefined) return { outcome: "conflict" };
    const { document } = added;
    requireSameAct(document, { change, target: target._id });
    const answered = change === "regeneration" ? target._id : document._id;
    const { run_id: runId, sequence: asked } = document;
    const told = await toChange(document, await log.standing(sessionId), contents);
    return { outcome: "changed", change: told, messageId: answered, runId, asked };
  }

  /** The entry of the deletion is there, so nobody adds an answer any more. */
  async function erase({ _id, session_id, target }: MessageDocument): Promise<string[]> {
    const message = await find(session_id, target ?? "");
    if (message === undefined) return [];
    const all = message.role === "user" ? await chainOf(message) : [message];
    const runIds = message.role === "user" ? await runsOf(session_id, all) : [message.run_id];
    const what =
      message.role === "user"
        ? {
            $or: [
              { _id: { $in: all.map((one) => one._id) } },
              { run_id: { $in: runIds }, role: "assistant" as const },
            ],
          }
        : { _id: message._id };
    await messages.updateMany(what, ERASURE);
    await messages.updateOne({ _id }, { $set: { erased: true } });
    return runIds;
  }

  return {
    edit(edit) {
      return withWords(find, edit, () =>
        supersede("edit", edit, ({ type, media_id }) => ({
          ...{ user_id: edit.userId, client_message_id: edit.clientMessageId, role: "user", type },
          ...{ content: edit.content, run_id: randomUUID() },
          ...(media_id === undefined ? {} : { media_id }),
        })),
      );
    },

    regenerate(again) {
      return supersede("regeneration", again, () => ({
        ...{ user_id: again.userId, client_message_id: again.clientMessageId, role: "user", type: "text" },
        ...{ content: "", run_id: randomUUID() },
      }));
    },

    async remove(sessionId, messageId) {
      const message = await find(sessionId, messageId);
      if (message === undefined) return undefined;
      const added = await log.append({ sessionId, identity: `deletion:${messageId}` }, () => ({
        ...{ user_id: message.user_id ?? "", role: "user", type: "text", content: "" },
        ...{ run_id: "", change: "deletion", target: messageId },
        ...(message.role === "user" && { from: message.sequence }),
      }));
      if (added === undefined) throw new Error("a deletion was not added");
      const runIds = await erase(added.document);
      const change = await toChange(added.document, await log.standing(sessionId), contents);
      return { change, runIds };
    },

    async versions(sessionId, messageId) {
      const message = await find(sessionId, messageId);
      if (message === undefined) return undefined;
      const standing = await log.standing(sessionId);
      if (!standing.isCurrent(message)) return undefined;
      const versions =
        message.role === "user" ? await chainOf(message, MAX_VERSIONS) : await answersBeside(message);
      const kept = versions.filter(({ erased }) => !erased).sort((a, b) => a.sequence - b.sequence);
      return await Promise.all(kept.map((version) => contents.toMessage(version, standing.runOf(version))));
    },

    async finishDeletions(entries) {
      for (const entry of entries) if (entry.change === "deletion" && !entry.erased) await erase(entry);
    },
  };

  /** All answers to the message that this one answers. */
  async function answersBeside(answer: MessageDocument): Promise<MessageDocument[]> {
    const begin = await log.at(answer.session_id, answer.asked ?? 0);
    const question =
      begin?.change === "regeneration" ? await find(answer.session_id, begin.target ?? "") : begin;
    if (!question) return [answer];
    const run_id = { $in: await runsOf(answer.session_id, [question]) };
    const answers = messages.find({ run_id, role: "assistant" }).sort({ sequence: -1 }).limit(MAX_VERSIONS);
    return await answers.toArray();
  }
}

/** A text needs words; a picture doesn't. */
async function withWords(
  find: (sessionId: string, messageId: string) => Promise<MessageDocument | undefined>,
  { sessionId, messageId, content }: ToSupersede & { content: string },
  proceed: () => Promise<Superseding>,
): Promise<Superseding> {
  if (content !== "") return proceed();
  const isText = (await find(sessionId, messageId))?.type === "text";
  return isText ? { outcome: "empty" } : proceed();
}
