import type { SessionList } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";

/** GET /api/session: the caller's sessions, the last used first, at most 100. */
export function listSessions(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const body: SessionList = { sessions: await store.sessions.list(userOf(request).sub) };
    response.json(body);
  };
}
