import { type Run as DescribedRun, RunId } from "@mobile-ai-agent/contracts";
import type { ConversationStore, Run } from "@mobile-ai-agent/conversation-store";
import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { Request } from "express";

/**
 * The run that the path names.
 *
 * @throws HttpProblem 404 when there is none or it is another user's
 */
export async function ownedRun(store: ConversationStore, request: Request): Promise<Run> {
  const id = RunId.safeParse(request.params.runId).data;
  const run = id === undefined ? undefined : await store.runs.get(id);
  if (run?.userId !== userOf(request).sub) throw new HttpProblem(404, "Not Found", "there is no such run");
  return run;
}

/** @returns what the API tells of a run */
export function describeRun({ id, sessionId, status, failure }: Run): DescribedRun {
  return { id, session_id: sessionId, status, ...(failure && { failure: describeFailure(failure) }) };
}

function describeFailure({ code, reason, availableAt }: NonNullable<Run["failure"]>) {
  return { code, reason, ...(availableAt && { available_at: availableAt.toISOString() }) };
}
