import type { RunLog } from "@mobile-ai-agent/conversation-store";
import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { type ChangeDependencies, cancelSuperseded, noSuchMessage } from "../change-conversation.ts";
import { leaveStep } from "../leave-step.ts";
import { messageIdOf } from "./message-id.ts";
import { ownedSessionId } from "./owned-session.ts";

/**
 * DELETE /api/message/:sessionId/:messageId: removes an answer, or one of the caller's messages with what it was before
 * and its answers; 204, again too. The entries stay, without content, so that devices learn of it.
 *
 * It is done once it is stored. Redis may fail behind that: a run that was not told of its end goes on for nothing, events
 * that were not removed expire within the hour, and a device that was not told finds the deletion among the changes.
 */
export function deleteMessage(
  dependencies: ChangeDependencies & { readonly runLog: RunLog },
): RequestHandler {
  const { store, tell, runLog, logger } = dependencies;
  return async (request, response) => {
    const sessionId = await ownedSessionId(store, request);
    const removed = await store.messages.remove(sessionId, messageIdOf(request));
    if (removed === undefined) throw noSuchMessage();
    const leave = leaveStep(logger, "a deleted message's run is left to end by itself", {
      session_id: sessionId,
    });
    await cancelSuperseded(dependencies, sessionId).catch(leave("cancel superseded runs"));
    await runLog.remove(removed.runIds).catch(leave("remove the runs' events"));
    const payload = { sessionId, change: removed.change };
    await tell(userOf(request).sub, { name: "conversation:changed", payload });
    response.status(204).end();
  };
}
