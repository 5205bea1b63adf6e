import { UpdateContextRequest } from "@mobile-ai-agent/contracts";
import { type ConversationStore, MAX_CONTEXT_BYTES } from "@mobile-ai-agent/conversation-store";
import { HttpProblem, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { contextChanged, etagOf, versionToMatch } from "./etag.ts";
import { ownedSessionId } from "./owned-session.ts";

/**
 * PATCH /api/context/:sessionId, and POST /api/context/:sessionId/update for clients without PATCH: merges the body
 * into the context (RFC 7396). With If-Match, only into that version; 412 otherwise.
 */
export function updateContext(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const id = await ownedSessionId(store, request);
    const patch = parseBody(UpdateContextRequest, request);
    const session = { sessionId: id, userId: userOf(request).sub };
    const result = await store.contexts.update(session, patch, versionToMatch(request.get("if-match")));
    if (result.outcome === "conflict") throw contextChanged();
    if (result.outcome === "too_large") {
      throw new HttpProblem(
        413,
        "Content Too Large",
        `a context may have ${MAX_CONTEXT_BYTES} bytes as JSON`,
      );
    }
    response.set("ETag", etagOf(result.context)).json(result.context);
  };
}
