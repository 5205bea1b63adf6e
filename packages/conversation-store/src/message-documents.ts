import type { Message } from "@mobile-ai-agent/contracts";
import type { Binary } from "mongodb";

/** One entry of a session's log: a message, or what was done to one. Entries are added, and erased; never changed. */
export interface MessageDocument {
  /** By session and number: `entryId`. */
  _id: string;
  session_id: string;
  sequence: number;
  /** What makes an entry the same one again: unique in its session, always present (no partial indexes). */
  identity: string;
  client_message_id?: string;
  /** Whose session it is, and whose key seals the content. Absent in answers from before there was a cipher. */
  user_id?: string;
  /** `user` for whatever a person did. */
  role: Message["role"];
  type: Message["type"];
  /** Sealed; text in messages from before there was a cipher, and where there is nothing to seal. */
  content: Binary | string;
  media_id?: string;
  /** A deletion has none, and its own id here, since the index wants one. */
  run_id: string;
  created_at: Date;
  metadata?: Message["metadata"];
  /** Absent for a message that is only added. An edit is a message too. */
  change?: "edit" | "regeneration" | "deletion";
  /** Id of the message that is changed, and its sequence number if it is a person's. */
  target?: string;
  from?: number;
  /** Sequence number of the last entry with a `change` ahead of this one, if there is any. */
  last_change?: number;
  /** Of an answer: sequence number of the entry that began its run. */
  asked?: number;
  /** Its content is gone; of a deletion: all that it removes is. */
  erased?: true;
}

export type NewEntry = Omit<
  MessageDocument,
  "_id" | "session_id" | "sequence" | "identity" | "created_at" | "content" | "last_change"
> & { readonly user_id: string; readonly content: string };

/** What remains of an entry that was deleted: its place. */
export const ERASURE = {
  $set: { content: "", erased: true as const },
  $unset: { media_id: "", metadata: "" } as const,
};

/** Entries that say something; the others are about them. */
export const SAYING = { change: { $nin: ["regeneration", "deletion"] } } as const;
export const isSaying = ({ change }: Pick<MessageDocument, "change">): boolean =>
  change === undefined || change === "edit";
