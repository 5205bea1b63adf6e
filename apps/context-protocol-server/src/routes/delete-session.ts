import {
  type ConversationStore,
  RUN_LOG_KEEP_MS,
  type RunCancellations,
  type RunLog,
} from "@mobile-ai-agent/conversation-store";
import { type Logger, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { leaveStep } from "../leave-step.ts";
import type { TellUser } from "../tell-user.ts";
import { ownedSessionId } from "./owned-session.ts";

interface Dependencies {
  readonly store: ConversationStore;
  readonly cancellations: RunCancellations;
  readonly runLog: RunLog;
  readonly tell: TellUser;
  readonly logger: Logger;
}

/**
 * DELETE /api/session/:sessionId: removes the session, its messages, context and runs, and what is kept of their events;
 * 204. Pictures and recordings stay: they are their owner's, who may show them elsewhere, and has DELETE /api/media.
 *
 * It is done once it is stored, whatever Redis does: a run goes on for nothing, and its events expire within the hour.
 */
export function deleteSession({ store, cancellations, runLog, tell, logger }: Dependencies): RequestHandler {
  return async (request, response) => {
    const id = await ownedSessionId(store, request);
    const unfinished = await store.runs.unfinishedOf(id);
    const logged = await store.runs.changedSince(id, new Date(Date.now() - 2 * RUN_LOG_KEEP_MS));
    await store.deletions.remove(id);
    const leave = leaveStep(logger, "a deleted session's runs are left to end by themselves", {
      session_id: id,
    });
    for (const run of unfinished) await cancellations.publish(run.id).catch(leave("cancel a run"));
    await runLog.remove(logged).catch(leave("remove the runs' events"));
    await tell(userOf(request).sub, { name: "session:deleted", payload: { sessionId: id } });
    response.status(204).end();
  };
}
