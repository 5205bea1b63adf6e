import { z } from "zod";
import { MediaId } from "./media.ts";
import { SessionId } from "./sessions.ts";

export const MessageType = z.enum(["text", "image", "audio"]);
export const MessageRole = z.enum(["user", "assistant"]);
export const ClientMessageId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, "8 to 64 letters, digits, - or _");

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
    client_message_id: ClientMessageId.optional().describe("makes a resend idempotent"),
  })
  .refine(isWhole, NOT_WHOLE);
export type CreateMessageRequest = z.infer<typeof CreateMessageRequest>;

export const Message = z.strictObject({
  id: z.uuid(),
  session_id: SessionId,
  sequence: z.int().positive().describe("place in the session, from 1, without gaps"),
  client_message_id: ClientMessageId.optional(),
  role: MessageRole,
  type: MessageType,
  content: z.string(),
  media_id: MediaId.optional().describe("of a picture or a recording"),
  run_id: z.uuid().describe("the run that a user's message started, or that made the answer"),
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

/** Coerced, since a query has only texts. */
export const ListMessagesQuery = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .nonnegative()
    .default(0)
    .describe("sequence number of the last message known"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const MessageList = z.strictObject({
  messages: z.array(Message),
  next_after: z.int().nonnegative().nullable().describe("pass as `after` for the next page; null at the end"),
});
export type MessageList = z.infer<typeof MessageList>;
