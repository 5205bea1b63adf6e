import { type FoundMessages, SearchMessagesQuery } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { parseQuery, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { unknownCursor } from "./unknown-cursor.ts";

/**
 * GET /api/messages/search?q=&cursor=&limit=: the caller's messages and answers that contain a text, in all sessions. One
 * request looks at so many of them only; `next_cursor` goes on, also after a page without any.
 */
export function searchMessages(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const { q: text, cursor, limit } = parseQuery(SearchMessagesQuery, request);
    const found = await store.messages.searchAll(userOf(request).sub, { text, cursor, limit });
    if (found === undefined) throw unknownCursor("cursor");
    const body: FoundMessages = { messages: found.messages, next_cursor: found.next ?? null };
    response.json(body);
  };
}
