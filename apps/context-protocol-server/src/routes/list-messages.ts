import { ListMessagesQuery, type MessageList } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { parseQuery } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { ownedSessionId } from "./owned-session.ts";

/**
 * GET /api/message/:sessionId?after=&before=&limit=: messages that the session shows, oldest first; those behind
 * `after`, or with `before` the page ahead of it.
 */
export function listMessages(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const id = await ownedSessionId(store, request);
    const { after, before, limit } = parseQuery(ListMessagesQuery, request);
    // One more than asked for tells whether there is another page.
    const found = await store.messages.list(id, { after, before, limit: limit + 1 });
    const hasMore = found.length > limit;
    const messages = before === undefined ? found.slice(0, limit) : found.slice(-limit);
    const edge = messages.at(before === undefined ? -1 : 0)?.sequence;
    const body: MessageList = {
      messages,
      next_after: before === undefined && hasMore ? (edge ?? null) : null,
      next_before: before !== undefined && hasMore ? (edge ?? null) : null,
    };
    response.json(body);
  };
}
