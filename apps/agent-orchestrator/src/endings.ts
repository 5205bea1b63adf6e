import type { Run, RunFailure } from "@mobile-ai-agent/conversation-store";
import type { EventLog } from "./event-log.ts";
import type { TokensSpent } from "./metered-model.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { isFiltered } from "./run-guard.ts";
import { withdrawApprovals } from "./tool-gate.ts";

export const INTERRUPTED: RunFailure = {
  code: "interrupted",
  reason: "the answer was interrupted: send the message again",
};
export const UNAVAILABLE: RunFailure = {
  code: "unavailable",
  reason: "the language model could not answer: try again in a moment",
};
export const TOO_LONG: RunFailure = {
  code: "too_long",
  reason: "the answer took too long: ask for less, or try again",
};

/** What ends an answer that was cut short, in brackets, since it is not the model who says it. */
const NOTE = /\[I stopped here: [^\]]+\]$/;

export interface Ending {
  readonly run: Run;
  readonly log: EventLog;
  readonly store: RunDependencies["store"];
  readonly events: RunDependencies["events"];
  /** Whether its user was asked to approve a call, or may have been. */
  waited: boolean;
}

/** Stores the answer, and ends the log with it. What the log has is the answer: the devices and the store agree. */
export async function completeAnswer(ending: Ending): Promise<void> {
  const stored = await storeAnswer(ending);
  if (stored === undefined) return await endCancelled(ending, undefined);
  await complete(ending, stored.id);
}

export async function complete(ending: Ending, messageId: string): Promise<void> {
  const { run, log, store } = ending;
  if (ending.waited) await withdrawApprovals(ending, run.id);
  await store.runs.setStatus(run.id, "completed");
  await log.complete(messageId);
}

export async function fail(ending: Ending, failure: RunFailure): Promise<void> {
  const { run, log, store } = ending;
  if (ending.waited) await withdrawApprovals(ending, run.id);
  await store.runs.fail(run.id, failure);
  await log.fail(failure);
}

/** The answer as far as it came is kept: it is what the user has read. */
export async function storeCancelled(ending: Ending): Promise<void> {
  if (ending.waited) await withdrawApprovals(ending, ending.run.id);
  const answer = ending.log.content === "" ? undefined : await storeAnswer(ending);
  await endCancelled(ending, answer?.id);
}

export async function endCancelled(
  { run, log, store }: Ending,
  messageId: string | undefined,
): Promise<void> {
  await store.runs.setStatus(run.id, "cancelled");
  await log.cancel(messageId);
}

/** What was said is kept, with a note why there is no more; where nothing was said and the day is spent, the run fails. */
export async function endSpent(
  ending: Ending,
  { limit }: TokensSpent,
  today: { resetsAt: Date },
): Promise<void> {
  const { log } = ending;
  const { resetsAt } = today;
  const again = `${resetsAt.toISOString().slice(0, 16).replace("T", " ")} UTC`;
  if (limit === "day" && log.content === "") {
    const reason = `today's tokens are used up: there are new ones at ${again}`;
    return await fail(ending, { code: "budget_spent", reason, availableAt: resetsAt });
  }
  const why =
    limit === "day"
      ? `today's tokens are used up. There are new ones at ${again}.`
      : "this answer has used all the tokens that one may use. Ask for less at a time.";
  await log.token(`${log.content === "" ? "" : "\n\n"}[I stopped here: ${why}]`);
  await completeAnswer(ending);
}

/** Whether an answer has all of its text, the note that it was cut short. */
export function isCutShort(answer: string): boolean {
  return NOTE.test(answer);
}

/** Nothing is stored of what was superseded meanwhile. */
function storeAnswer({ run, log, store }: Ending) {
  const { content } = log;
  const filtered = isFiltered(content);
  const { id: runId, sessionId, userId, asked } = run;
  return store.messages.addAnswer({ sessionId, userId, runId, asked, content, filtered });
}
