import type { ConversationStore, RunCancellations } from "@mobile-ai-agent/conversation-store";
import type { RequestHandler } from "express";
import { describeRun, ownedRun } from "./owned-run.ts";

/**
 * POST /api/run/:runId/cancel: notes that the run is to end and tells whoever handles it; 200 with the run as it was
 * just before. The end itself is in the run's events.
 */
export function cancelRun(store: ConversationStore, cancellations: RunCancellations): RequestHandler {
  return async (request, response) => {
    const run = await ownedRun(store, request);
    if (run.status === "queued" || run.status === "running") {
      await store.runs.requestCancel(run.id);
      await cancellations.publish(run.id);
    }
    response.json(describeRun(run));
  };
}
