import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import type { RequestHandler } from "express";
import { ownedSession } from "./owned-session.ts";

/** GET /api/session/:sessionId */
export function getSession(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    response.json(await ownedSession(store, request));
  };
}
