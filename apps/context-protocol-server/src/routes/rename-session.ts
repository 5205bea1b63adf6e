import { RenameSessionRequest, type Session } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { TellUser } from "../tell-user.ts";
import { ownedSession } from "./owned-session.ts";

/** PATCH /api/session/:sessionId: gives the session a title; 200 with the session. The last one counts. */
export function renameSession(store: ConversationStore, tell: TellUser): RequestHandler {
  return async (request, response) => {
    const session = await ownedSession(store, request);
    const { title } = parseBody(RenameSessionRequest, request);
    const userId = userOf(request).sub;
    await store.sessions.rename({ sessionId: session.id, userId }, title);
    const renamed: Session = { ...session, title };
    await tell(userId, { name: "session:changed", payload: renamed });
    response.json(renamed);
  };
}
