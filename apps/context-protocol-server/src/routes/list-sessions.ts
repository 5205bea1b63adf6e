import { ListSessionsQuery, type SessionList } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { parseQuery, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { unknownCursor } from "./unknown-cursor.ts";

/**
 * GET /api/session?after=&limit=: the caller's sessions, the last used first. One that is used between two pages moves to
 * the front, and is told of by its events.
 */
export function listSessions(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const { after, limit } = parseQuery(ListSessionsQuery, request);
    const page = await store.sessions.list(userOf(request).sub, { after, limit });
    if (page === undefined) throw unknownCursor("after");
    const body: SessionList = { sessions: page.sessions, next_after: page.next ?? null };
    response.json(body);
  };
}
