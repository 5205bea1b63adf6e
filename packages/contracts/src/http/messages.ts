import { z } from "zod";
import { MediaId } from "./media.ts";
import { Cursor, SessionId } from "./sessions.ts";

export const MessageType = z.enum(["text", "image", "audio"]);
export const MessageRole = z.enum(["user", "assistant"]);
export const MessageId = z.uuid();
export const ClientMessageId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, "8 to 64 letters, digits, - or _");
/** Messages, edits and regenerations of a session share their client ids. */
export const ResendId = ClientMessageId.describe(
  "makes a resend idempotent: the first one is the answer, whatever the resend says; refused with 409 when the session has something else under it",
);

/** What a user writes: a text, or a picture or a recording with words to it if they like. */
const written = {
  content: z.string().max(4000).default("").describe("not empty for a text"),
  media_id: MediaId.optional().describe("the picture or recording; only and always for image and audio"),
};

/** Whether a message has what its type asks for. */
export function isWhole({ type, content, media_id }: WrittenMessage): boolean {
  return type === "text" ? content !== "" && media_id === undefined : media_id !== undefined;
}
interface WrittenMessage {
  readonly type: z.infer<typeof MessageType>;
  readonly content: string;
  readonly media_id?: string | undefined;
}
export const NOT_WHOLE = "a text has content and no media, an image or audio message has media";

export const CreateMessageRequest = z
  .strictObject({
    type: MessageType.default("text"),
    ...written,
    client_message_id: ResendId.optional(),
  })
  .refine(isWhole, NOT_WHOLE);
export type CreateMessageRequest = z.infer<typeof CreateMessageRequest>;

export const Message = z.strictObject({
  id: MessageId,
  session_id: SessionId,
  sequence: z.int().positive().describe("of the change that brought it; the session's changes have no gaps"),
  client_message_id: ClientMessageId.optional(),
  role: MessageRole,
  type: MessageType,
  content: z.string(),
  media_id: MediaId.optional().describe("of a picture or a recording"),
  run_id: z.uuid().describe("the run that answers a user's message, or that made the answer"),
  created_at: z.iso.datetime(),
  metadata: z
    .strictObject({
      filtered: z.boolean().describe("whether something was taken out, or the answer is a refusal"),
    })
    .optional(),
});
export type Message = z.infer<typeof Message>;

export const CreateMessageResponse = z.strictObject({ message: Message, run_id: z.uuid() });
export type CreateMessageResponse = z.infer<typeof CreateMessageResponse>;

const PageLimit = z.coerce.number().int().min(1).max(200).default(50);

/** Coerced, since a query has only texts. */
export const ListMessagesQuery = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe("sequence number: only messages behind it, the oldest first unless `before` is given"),
  before: z.coerce
    .number()
    .int()
    .positive()
    .optional()
    .describe("sequence number: only messages ahead of it, the page next to it first"),
  limit: PageLimit,
});

export const MessageList = z.strictObject({
  messages: z.array(Message).describe("oldest first"),
  next_after: z
    .int()
    .nonnegative()
    .nullable()
    .describe("pass as `after` for the next page; null at the end, and with `before`"),
  next_before: z
    .int()
    .positive()
    .nullable()
    .describe("pass as `before` for the page ahead; null at the begin, and without `before`"),
});
export type MessageList = z.infer<typeof MessageList>;

/** Versions of one message, oldest first: what was edited, or answered anew. */
export const MessageVersions = z.strictObject({ versions: z.array(Message) });
export type MessageVersions = z.infer<typeof MessageVersions>;

export const SearchMessagesQuery = z.strictObject({
  q: z
    .string()
    .min(1)
    .max(200)
    .describe(
      "text that the messages contain, in any case of letters and any way to write them; accents count",
    ),
  cursor: Cursor.optional().describe("`next_cursor` of the page before"),
  limit: z.coerce.number().int().min(1).max(50).default(20),
});

export const FoundMessage = z.strictObject({
  session_id: SessionId,
  message_id: MessageId,
  role: MessageRole,
  snippet: z.string().describe("the text around the first place that was found"),
  created_at: z.iso.datetime(),
});
export type FoundMessage = z.infer<typeof FoundMessage>;

export const FoundMessages = z.strictObject({
  messages: z.array(FoundMessage).describe("the latest first; a page may be empty though there are more"),
  next_cursor: Cursor.nullable().describe("pass as `cursor` to search on; null when all was searched"),
});
export type FoundMessages = z.infer<typeof FoundMessages>;
