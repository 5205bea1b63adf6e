import { ClientMessageId, Message, MessageType } from "@mobile-ai-agent/contracts";
import { z } from "zod";

/** A message that the platform may not have yet. */
export const OutboxItem = z.object({
  /** The same at every try, so that the platform stores it once. */
  clientMessageId: ClientMessageId,
  sessionId: Message.shape.session_id,
  type: MessageType,
  content: z.string(),
  /** Its bytes lie beside the item. */
  picture: z.object({ contentType: z.string(), width: z.number(), height: z.number() }).optional(),
  /** Once the picture has been uploaded. */
  mediaId: z.string().optional(),
  createdAt: z.iso.datetime(),
  /** Greater than of any item before: the order in which they were written, by milliseconds where that is enough. */
  order: z.int(),
  /** Why the platform won't have it. Without one it is waiting for its turn. */
  refusal: z.string().optional(),
});
export type OutboxItem = z.infer<typeof OutboxItem>;

/** What became of a try. */
export type Delivery =
  | { readonly kind: "accepted" }
  /** Not now, but the same again may do. */
  | { readonly kind: "later"; readonly afterSeconds?: number | undefined }
  | { readonly kind: "refused"; readonly detail: string };
