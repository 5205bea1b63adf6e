import { type Session, SessionId } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";

/**
 * Id of the session that the path names.
 *
 * @throws HttpProblem 404 when there is none or it is another user's, 403 when the request carries an
 *   X-Session-Token that isn't the session's
 */
export async function ownedSessionId(store: ConversationStore, request: Request): Promise<string> {
  const id = SessionId.safeParse(request.params.sessionId).data;
  if (id === undefined || !(await store.sessions.isOf(userOf(request).sub, id))) throw noSuchSession();
  const token = request.get("x-session-token");
  if (token !== undefined && !(await store.sessions.matchesToken(id, token))) {
    throw new HttpProblem(403, "Forbidden", "X-Session-Token is not the token of this session");
  }
  return id;
}

/** The session that the path names, with its title. @throws as `ownedSessionId` */
export async function ownedSession(store: ConversationStore, request: Request): Promise<Session> {
  const id = await ownedSessionId(store, request);
  const session = await store.sessions.get(id, userOf(request).sub);
  if (session === undefined) throw noSuchSession();
  return session;
}

function noSuchSession(): HttpProblem {
  return new HttpProblem(404, "Not Found", "there is no such session");
}
