import { type Run, RunId } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";

/** GET /api/run/:runId: the session and the status of one of the caller's runs. */
export function getRun(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const id = RunId.safeParse(request.params.runId).data;
    const run = id === undefined ? undefined : await store.runs.get(id);
    if (run?.userId !== userOf(request).sub) throw new HttpProblem(404, "Not Found", "there is no such run");
    const body: Run = { id: run.id, session_id: run.sessionId, status: run.status };
    response.json(body);
  };
}
