import type { ConversationStore, RunCancellations, RunQueue } from "@mobile-ai-agent/conversation-store";
import type { RequestHandler } from "express";
import { describeRun, ownedRun } from "./owned-run.ts";

interface Dependencies {
  readonly store: ConversationStore;
  readonly queue: RunQueue;
  readonly cancellations: RunCancellations;
}

/**
 * POST /api/run/:runId/cancel: notes that the run is to end and tells whoever handles it; 200 with the run as it was
 * just before. The end itself is in the run's events.
 */
export function cancelRun({ store, queue, cancellations }: Dependencies): RequestHandler {
  return async (request, response) => {
    const run = await ownedRun(store, request);
    if (run.status === "queued" || run.status === "running" || run.status === "waiting") {
      await store.runs.requestCancel(run.id);
      await cancellations.publish(run.id);
      // Nobody handles a run that waits, or is about to.
      await queue.wake(run.id);
    }
    response.json(describeRun(run));
  };
}
