import type { ChangeAccepted } from "@mobile-ai-agent/contracts";
import type { Superseding } from "@mobile-ai-agent/conversation-store";
import { contextHeaders, HttpProblem, type Logger } from "@mobile-ai-agent/service-kit";
import { type EndRunDependencies, endRun } from "./end-run.ts";
import { leaveStep } from "./leave-step.ts";
import type { TellUser } from "./tell-user.ts";

export interface ChangeDependencies extends EndRunDependencies {
  readonly tell: TellUser;
  readonly logger: Logger;
}

/** Ends the runs of a session that answer nothing any more: their messages were superseded or deleted. */
export async function cancelSuperseded(dependencies: EndRunDependencies, sessionId: string): Promise<void> {
  const { runs, messages } = dependencies.store;
  for (const run of await runs.unfinishedOf(sessionId)) {
    if (!(await messages.isAnswering(run))) await endRun(dependencies, run.id);
  }
}

/**
 * What follows when a message was edited or is to be answered anew: a new run begins, the runs before end, the user's
 * devices are told. Each step is idempotent, so a resend does what is left.
 *
 * The run comes first: devices read of it in the changes from now on, and a stored one is found by agent-orchestrator's
 * sweep, whatever fails behind it. A run before that was not told of its end goes on for nothing: its answer isn't kept.
 *
 * @throws HttpProblem that says why nothing was changed
 */
export async function answerAnew(
  dependencies: ChangeDependencies,
  { sessionId, userId }: { sessionId: string; userId: string },
  result: Superseding,
): Promise<ChangeAccepted> {
  const { store, queue, tell, logger } = dependencies;
  if (result.outcome !== "changed") throw problemOf(result.outcome);
  const { change, messageId, runId, asked } = result;
  const run = await store.runs.create({ runId, sessionId, userId, messageId, asked });
  const leave = leaveStep(logger, "a changed conversation's run is left to the sweep", { run_id: runId });
  await cancelSuperseded(dependencies, sessionId).catch(leave("cancel superseded runs"));
  if (run.status === "queued")
    await queue.enqueue(runId, contextHeaders().traceparent).catch(leave("queue the run"));
  await store.sessions.touch(sessionId);
  await tell(userId, { name: "conversation:changed", payload: { sessionId, change } });
  return { change, run_id: runId };
}

function problemOf(outcome: Exclude<Superseding["outcome"], "changed">): HttpProblem {
  switch (outcome) {
    case "not_found":
      return noSuchMessage("there is no such message of yours");
    case "conflict":
      return new HttpProblem(
        409,
        "Conflict",
        "the conversation has changed since: get its changes, and repeat it if it is still what you want",
      );
    case "empty": {
      const errors = [{ path: "content", message: "a text has content" }];
      return new HttpProblem(400, "Bad Request", "the body does not have the expected form", { errors });
    }
  }
}

export function noSuchMessage(detail = "there is no such message"): HttpProblem {
  return new HttpProblem(404, "Not Found", detail);
}
