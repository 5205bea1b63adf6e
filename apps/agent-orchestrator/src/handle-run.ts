import type { Run, RunProgress } from "@mobile-ai-agent/conversation-store";
import { answerWithTools, type Outcome, saidIn, unfinished } from "./agent.ts";
import {
  complete,
  completeAnswer,
  type Ending,
  endCancelled,
  endSpent,
  fail,
  INTERRUPTED,
  isCutShort,
  storeCancelled,
  TOO_LONG,
  UNAVAILABLE,
} from "./endings.ts";
import { type EventLog, openEventLog } from "./event-log.ts";
import { ModelFailure } from "./language-model.ts";
import { meterModel, TokensSpent } from "./metered-model.ts";
import { composePrompt } from "./prompt.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import { createRunGuard, REFUSAL } from "./run-guard.ts";
import { checkTaint } from "./taint.ts";
import { createToolGate } from "./tool-gate.ts";
import { guardDefinitions } from "./tools/guard-definitions.ts";

/** How many messages the model is shown. */
const HISTORY = 20;
/** A run that is older, the time aside that it may have waited for its user, is not tried again when its tools fail. */
const GIVE_UP_MS = 60 * 60 * 1000;

/** context-protocol-server can't be reached or refuses. Nothing of the answer was made. */
class ToolsAway extends Error {}

/**
 * Makes the answer of a run: streams it to the run's log, stores it, ends the log. Idempotent: of a run that was
 * handled before, in part or whole, it does what is left: an interrupted answer goes on at the next token, and a tool that
 * has been called is not called again. A run whose user is asked to approve a call is left waiting; with the decision it is
 * to be handled again.
 *
 * @throws when the database, Redis or context-protocol-server fails, or when aborted: the run is to be handled again. One
 *   that is old fails instead when the last of these does
 */
export async function handleRun(
  runId: string,
  signal: AbortSignal,
  dependencies: RunDependencies,
): Promise<void> {
  const cancel = dependencies.cancels.watch(runId);
  try {
    await handleWatched(runId, { signal, cancelled: cancel.signal }, dependencies);
  } finally {
    cancel.end();
  }
}

async function handleWatched(
  runId: string,
  { signal, cancelled }: { signal: AbortSignal; cancelled: AbortSignal },
  dependencies: RunDependencies,
): Promise<void> {
  const { store, runLog, events, budget, limits, now, logger } = dependencies;
  const run = await store.runs.get(runId);
  if (!run) return void logger.warn("an unknown run was queued", { run_id: runId });
  const done = await store.runs.progressOf(run);
  const log = await openEventLog(runLog, { runId, after: firstAfter(run, done, now), kept: done.openStep });
  // Who died in it may have asked its user.
  const waited = done.openStep !== undefined || run.status === "running";
  const ending: Ending = { run, log, store, events, waited };
  // Before a run is under way nobody answers it.
  const answer = run.status === "queued" ? undefined : await store.messages.answerTo(run);
  const isCancelled = run.status === "cancelled" || (run.cancelRequested && run.status !== "completed");
  if (answer) return await (isCancelled ? endCancelled : complete)(ending, answer.id);
  if (run.status === "failed") return await log.fail(run.failure ?? UNAVAILABLE);
  if (run.status === "cancelled") return await log.cancel(undefined);
  if (run.status === "running") await budget.recover({ runId, userId: run.userId });
  if (isCutShort(log.content)) return await completeAnswer(ending);
  // Whoever superseded its message may have died before asking for its end.
  if (run.cancelRequested || !(await store.messages.isAnswering(run))) return await storeCancelled(ending);
  const said = saidIn(done.steps);
  if (log.content === "" && said !== "") await log.token(said);
  // Another answer would differ from the tokens that devices have already.
  const begun = unfinished({ ...done, said: log.content }).text !== "" && !log.content.endsWith(REFUSAL);
  if (begun && !dependencies.modelContinues) return await fail(ending, INTERRUPTED);

  await store.runs.setStatus(runId, "running");
  const time = dependencies.timeLimit(limits.maxSeconds * 1000);
  try {
    const outcome = await streamAnswer(
      { ...done, ending, signal: AbortSignal.any([signal, cancelled, time]) },
      dependencies,
    );
    if (outcome === "waiting")
      return void logger.info("run waits for its user's approval", { run_id: runId });
    await completeAnswer(ending);
    logger.info("run completed", { run_id: runId, tokens: log.sequence - 1 });
  } catch (error) {
    if (signal.aborted) throw error;
    if (cancelled.aborted) return await storeCancelled(ending);
    if (error instanceof TokensSpent) return await endSpent(ending, error, await budget.today(run.userId));
    // Only of what fails before anything is done: behind that another process may have the run, or its answer be stored.
    const isOld = error instanceof ToolsAway && now() - run.createdAt.getTime() > patienceOf(dependencies);
    if (!time.aborted && !(error instanceof ModelFailure) && !isOld) throw error;
    logger.error("run failed", { run_id: runId, error: (error as Error).cause ?? error });
    await fail(ending, time.aborted ? TOO_LONG : UNAVAILABLE);
  }
}

/**
 * @returns where the numbers of the run's log begin, should it have none. Of a log that was lost with its writer, devices
 *   have up to an event a millisecond.
 */
function firstAfter(
  { status, createdAt }: Run,
  { steps, openStep }: RunProgress,
  now: RunDependencies["now"],
): number {
  const isNew = status === "queued" && steps.length === 0;
  return isNew || openStep ? 0 : now() - createdAt.getTime();
}

function patienceOf({ limits, approvalPolicy }: Pick<RunDependencies, "limits" | "approvalPolicy">): number {
  return GIVE_UP_MS + limits.maxSteps * approvalPolicy.seconds * 1000;
}

/** Afterwards the log has the whole answer, of which the guard has seen every piece. */
async function streamAnswer(
  { ending, steps, openStep, signal }: { ending: Ending; signal: AbortSignal } & RunProgress,
  dependencies: RunDependencies,
): Promise<Outcome> {
  const { run, log } = ending;
  const { store, events, openTools, limits, guardPolicy, audit, now, logger } = dependencies;
  const guard = createRunGuard(guardPolicy, { logger, audit, run });
  const conversation = await store.messages.history(run.sessionId, HISTORY, run.messageId);
  // Superseded just now: nobody waits for an answer.
  if (conversation === undefined) return "answered";
  const own = conversation.filter(({ role }) => role === "user").map(({ content }) => content);
  if (guard.check(own.at(-1) ?? "", "user") === undefined) {
    if (!log.content.endsWith(REFUSAL)) await log.token(REFUSAL);
    return "answered";
  }
  const opened = await openTools(run, signal).catch((cause) => {
    throw new ToolsAway("the tools can't be reached", { cause });
  });
  try {
    const tools = guardDefinitions(opened, guard);
    const { context, definitions } = tools;
    const model = meterModel(dependencies.model, {
      ...{ run, logger, budget: dependencies.budget, metrics: dependencies.tokenMetrics },
      ...{ maxAnswer: limits.maxAnswerTokens, maxRun: limits.maxRunTokens },
    });
    const prompt = composePrompt(conversation, { run, guard, context, tools: definitions });
    const gate = createToolGate({
      ...{ run, tools, guard, store, events, audit, policy: dependencies.approvalPolicy, now },
      isTainted: await checkTaint(store, run, { context, conversation }),
      onAsk: () => {
        ending.waited = true;
      },
      position: () => ({ said: log.content, sequence: log.sequence }),
    });
    const pieces = answerWithTools(
      prompt,
      {
        ...{
          model,
          tools: definitions,
          gate,
          guard,
          own,
          userId: run.userId,
          maxSteps: limits.maxSteps,
          steps,
          openStep,
          said: log.content,
        },
      },
      signal,
    );
    const outcome = await logged(pieces, log);
    if (outcome === "answered" && log.content === "") throw new ModelFailure("the model's answer was empty");
    return outcome;
  } finally {
    await opened.close();
  }
}

async function logged(pieces: ReturnType<typeof answerWithTools>, log: EventLog): Promise<Outcome> {
  try {
    let next = await pieces.next();
    for (; !next.done; next = await pieces.next()) await log.token(next.value);
    return next.value;
  } finally {
    // Where the log can't be written, the model is to stop; it does nothing when it has.
    await pieces.return("answered");
  }
}
