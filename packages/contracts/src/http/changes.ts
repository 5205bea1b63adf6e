import { z } from "zod";
import { Message, MessageId, ResendId } from "./messages.ts";

/** Place in the session's changes: from 1, without gaps, given once. */
const position = { sequence: z.int().positive() };
const from = z.int().positive().describe("the user's messages from this sequence number on are superseded");

/** One entry of a session's log. What the session shows is these, one after the other: `applyChange`. */
export const Change = z.discriminatedUnion("kind", [
  /** Somebody wrote something, or a run answered. */
  z.strictObject({ ...position, kind: z.literal("message"), message: Message }),
  /** A message was written anew; what followed the old one is superseded with it. */
  z.strictObject({ ...position, kind: z.literal("edit"), from, message: Message }),
  /** An edit whose message is itself superseded or deleted by now. */
  z.strictObject({ ...position, kind: z.literal("cut"), from }),
  /** The message stays, another run answers it; what followed it is superseded. */
  z.strictObject({
    ...position,
    kind: z.literal("regeneration"),
    message_id: MessageId,
    run_id: z.uuid().describe("the run that answers from now on"),
    from: z.int().positive().describe("sequence number of the message: those behind it are superseded"),
  }),
  /** A message of the user's with its answer, or an answer alone. */
  z.strictObject({ ...position, kind: z.literal("deletion"), message_id: MessageId }),
  /** A message that is superseded or deleted by now: nothing to show. */
  z.strictObject({ ...position, kind: z.literal("gone") }),
]);
export type Change = z.infer<typeof Change>;

/** Coerced, since a query has only texts. */
export const ListChangesQuery = z.strictObject({
  after: z.coerce.number().int().nonnegative().default(0).describe("of the last change known"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const ChangeList = z.strictObject({
  changes: z.array(Change),
  next_after: z.int().nonnegative().nullable().describe("pass as `after` for the next page; null at the end"),
  last: z
    .int()
    .nonnegative()
    .optional()
    .describe(
      "of the last change there is, where that is before `after`: the platform was restored from a backup, and what is known has to be read anew from 0",
    ),
});
export type ChangeList = z.infer<typeof ChangeList>;

/** What whoever supersedes messages must have seen. */
const seen = {
  client_message_id: ResendId,
  after: z
    .int()
    .nonnegative()
    .describe(
      "of the last change known: refused with 409 when somebody has written or changed something since, or there is no such change",
    ),
};

export const EditMessageRequest = z.strictObject({
  ...seen,
  content: z.string().max(4000).describe("not empty for a text; the type and the media stay"),
});
export type EditMessageRequest = z.infer<typeof EditMessageRequest>;

export const RegenerateAnswerRequest = z.strictObject(seen);
export type RegenerateAnswerRequest = z.infer<typeof RegenerateAnswerRequest>;

export const ChangeAccepted = z.strictObject({
  change: Change,
  run_id: z.uuid().describe("the run that answers"),
});
export type ChangeAccepted = z.infer<typeof ChangeAccepted>;
