import type { RunLog } from "@mobile-ai-agent/conversation-store";
import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { type ChangeDependencies, cancelSuperseded, noSuchMessage } from "../change-conversation.ts";
import { messageIdOf } from "./message-id.ts";
import { ownedSessionId } from "./owned-session.ts";

/**
 * DELETE /api/message/:sessionId/:messageId: removes an answer, or one of the caller's messages with what it was before
 * and its answers; 204, again too. The entries stay, without content, so that devices learn of it.
 */
export function deleteMessage(
  dependencies: ChangeDependencies & { readonly runLog: RunLog },
): RequestHandler {
  const { store, tell, runLog } = dependencies;
  return async (request, response) => {
    const sessionId = await ownedSessionId(store, request);
    const removed = await store.messages.remove(sessionId, messageIdOf(request));
    if (removed === undefined) throw noSuchMessage();
    await cancelSuperseded(dependencies, sessionId);
    await runLog.remove(removed.runIds);
    const payload = { sessionId, change: removed.change };
    await tell(userOf(request).sub, { name: "conversation:changed", payload });
    response.status(204).end();
  };
}
