import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import type { RequestHandler } from "express";
import { describeRun, ownedRun } from "./owned-run.ts";

/** GET /api/run/:runId: the session and the status of one of the caller's runs. */
export function getRun(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    response.json(describeRun(await ownedRun(store, request)));
  };
}
