import { ListMessagesQuery, type MessageList } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { parseQuery } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { ownedSession } from "./owned-session.ts";

/** GET /api/message/:sessionId?after=&limit=: messages after a sequence number, oldest first. */
export function listMessages(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const { id } = await ownedSession(store, request);
    const { after, limit } = parseQuery(ListMessagesQuery, request);
    // One more than asked for tells whether there is another page.
    const found = await store.messages.list(id, { after, limit: limit + 1 });
    const messages = found.slice(0, limit);
    const next_after = found.length > limit ? (messages.at(-1)?.sequence ?? null) : null;
    const body: MessageList = { messages, next_after };
    response.json(body);
  };
}
