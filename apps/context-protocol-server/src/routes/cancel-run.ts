import { hasEnded } from "@mobile-ai-agent/contracts";
import type { RequestHandler } from "express";
import { type EndRunDependencies, endRun } from "../end-run.ts";
import { describeRun, ownedRun } from "./owned-run.ts";

/**
 * POST /api/run/:runId/cancel: notes that the run is to end and tells whoever handles it; 200 with the run as it was
 * just before. The end itself is in the run's events.
 */
export function cancelRun(dependencies: EndRunDependencies): RequestHandler {
  return async (request, response) => {
    const run = await ownedRun(dependencies.store, request);
    if (!hasEnded(run.status)) await endRun(dependencies, run.id);
    response.json(describeRun(run));
  };
}
