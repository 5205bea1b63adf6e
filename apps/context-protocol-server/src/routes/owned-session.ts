import { type Session, SessionId } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";

/**
 * The session that the path names.
 *
 * @throws HttpProblem 404 when there is none or it is another user's, 403 when the request carries an
 *   X-Session-Token that isn't the session's
 */
export async function ownedSession(store: ConversationStore, request: Request): Promise<Session> {
  const id = SessionId.safeParse(request.params.sessionId).data;
  const session = id === undefined ? undefined : await store.sessions.get(id, userOf(request).sub);
  if (session === undefined) throw new HttpProblem(404, "Not Found", "there is no such session");
  const token = request.get("x-session-token");
  if (token !== undefined && !(await store.sessions.matchesToken(session.id, token))) {
    throw new HttpProblem(403, "Forbidden", "X-Session-Token is not the token of this session");
  }
  return session;
}
