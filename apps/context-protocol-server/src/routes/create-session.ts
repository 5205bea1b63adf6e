import { CreateSessionRequest, type CreateSessionResponse } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { TellUser } from "../tell-user.ts";

/** POST /api/session/create: 201 with the session's id and its token, which is shown this once. */
export function createSession(store: ConversationStore, tell: TellUser): RequestHandler {
  return async (request, response) => {
    const { title, device_info: deviceInfo } = parseBody(CreateSessionRequest, request);
    const userId = userOf(request).sub;
    const { session, token } = await store.sessions.create({ userId, title, deviceInfo });
    await tell(userId, { name: "session:changed", payload: session });
    const body: CreateSessionResponse = { session_id: session.id, session_token: token };
    response.status(201).set("Cache-Control", "no-store").json(body);
  };
}
