import { CreateSessionRequest, type CreateSessionResponse } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";

/** POST /api/session/create: 201 with the session's id and its token, which is shown this once. */
export function createSession(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const { title, device_info: deviceInfo } = parseBody(CreateSessionRequest, request);
    const { session, token } = await store.sessions.create({
      userId: userOf(request).sub,
      title,
      deviceInfo,
    });
    const body: CreateSessionResponse = { session_id: session.id, session_token: token };
    response.status(201).set("Cache-Control", "no-store").json(body);
  };
}
