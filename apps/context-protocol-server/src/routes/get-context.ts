import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { etagOf } from "./etag.ts";
import { ownedSessionId } from "./owned-session.ts";

/** GET /api/context/:sessionId: the context, and its version as ETag. */
export function getContext(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const id = await ownedSessionId(store, request);
    const context = await store.contexts.get({ sessionId: id, userId: userOf(request).sub });
    response.set("ETag", etagOf(context)).json(context);
  };
}
