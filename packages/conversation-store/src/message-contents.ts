import type { ContentCipher, Place } from "@mobile-ai-agent/content-cipher";
import type { Message } from "@mobile-ai-agent/contracts";
import type { MessageDocument } from "./message-documents.ts";

type Placed = Pick<MessageDocument, "session_id" | "_id">;

/** The one way in and out for what messages say. */
export interface MessageContents {
  seal(entry: Placed & { readonly user_id: string }, content: string): Promise<MessageDocument["content"]>;
  /** @param runId that answers by now, when it is not the first */
  toMessage(document: MessageDocument, runId?: string): Promise<Message>;
}

export function createMessageContents(cipher: ContentCipher): MessageContents {
  return {
    // Entries about others, and pictures without words, have nothing to seal.
    seal: async (entry, content) =>
      content === "" ? "" : await cipher.seal(entry.user_id, placeOf(entry), content),
    async toMessage(document, runId = document.run_id) {
      const content = await cipher.open(document.user_id ?? "", placeOf(document), document.content);
      return describe(document, content, runId);
    },
  };
}

function placeOf({ session_id, _id }: Placed): Place {
  return { collection: "messages", record: `${session_id}/${_id}`, field: "content" };
}

function describe(document: MessageDocument, content: string, runId: string): Message {
  const { _id, session_id, sequence, client_message_id, role, type, created_at } = document;
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
    run_id: runId,
    created_at: created_at.toISOString(),
    ...(metadata === undefined ? {} : { metadata }),
  };
}
