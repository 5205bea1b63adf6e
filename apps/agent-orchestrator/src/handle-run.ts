import type { ConversationStore, Run, RunLog, RunStep } from "@mobile-ai-agent/conversation-store";
import type { GuardPolicy } from "@mobile-ai-agent/guard";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { answerWithTools, saidIn, unfinished } from "./agent.ts";
import type { CancelWatch } from "./cancel-watch.ts";
import { type EventLog, openEventLog } from "./event-log.ts";
import { type LanguageModel, ModelFailure } from "./language-model.ts";
import { composePrompt } from "./prompt.ts";
import { createRunGuard, isFiltered, REFUSAL } from "./run-guard.ts";
import type { OpenRunTools } from "./run-tools.ts";

/** How many messages the model is shown. */
const HISTORY = 20;

const INTERRUPTED = "the answer was interrupted: send the message again";
const UNAVAILABLE = "the language model could not answer: try again in a moment";
const TOO_LONG = "the answer took too long: ask for less, or try again";

export interface RunDependencies {
  readonly store: ConversationStore;
  readonly runLog: RunLog;
  readonly openTools: OpenRunTools;
  readonly model: LanguageModel;
  /** Whether the model can go on with an answer that was begun. */
  readonly modelContinues: boolean;
  readonly cancels: CancelWatch;
  readonly guardPolicy: GuardPolicy;
  readonly limits: { readonly maxSteps: number; readonly maxSeconds: number };
  readonly logger: Logger;
}

/**
 * Makes the answer of a run: streams it to the run's log, stores it, ends the log. Idempotent: of a run that was
 * handled before, in part or whole, it does what is left: an interrupted answer goes on at the next token, and a tool that
 * has been called is not called again.
 *
 * @throws when the database, Redis or context-protocol-server fails, or when aborted: the run is to be handled again
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
  const { store, runLog, limits, logger } = dependencies;
  const run = await store.runs.get(runId);
  if (!run) return void logger.warn("an unknown run was queued", { run_id: runId });
  const steps = await store.runs.stepsOf(run);
  const isNew = run.status === "queued" && steps.length === 0;
  // Of a log that is lost, devices may have up to an event a millisecond.
  const after = isNew ? 0 : Date.now() - run.createdAt.getTime();
  const log = await openEventLog(runLog, { runId, after });
  const ending = { run, log, store };
  const answer = await store.messages.answerOf(runId);
  if (answer) return await (run.cancelRequested ? endCancelled : complete)(ending, answer.id);
  if (run.status === "failed") return await log.fail(UNAVAILABLE);
  // Whoever superseded its message may have died before asking for its end.
  if (run.cancelRequested || !(await store.messages.isAnswering(run))) return await storeCancelled(ending);
  const said = saidIn(steps);
  if (log.content === "" && said !== "") await log.token(said);
  // Another answer would differ from the tokens that devices have already.
  const begun = unfinished({ steps, said: log.content }).text !== "" && !log.content.endsWith(REFUSAL);
  if (begun && !dependencies.modelContinues) return await fail(ending, INTERRUPTED);

  await store.runs.setStatus(runId, "running");
  const time = AbortSignal.timeout(limits.maxSeconds * 1000);
  try {
    await streamAnswer({ run, steps }, log, AbortSignal.any([signal, cancelled, time]), dependencies);
    const stored = await storeAnswer(ending);
    if (stored === undefined) return await endCancelled(ending, undefined);
    await complete(ending, stored.id);
    logger.info("run completed", { run_id: runId, tokens: log.sequence - 1 });
  } catch (error) {
    if (signal.aborted) throw error;
    if (cancelled.aborted) return await storeCancelled(ending);
    if (!time.aborted && !(error instanceof ModelFailure)) throw error;
    logger.error("run failed", { run_id: runId, error: (error as Error).cause ?? error });
    await fail(ending, time.aborted ? TOO_LONG : UNAVAILABLE);
  }
}

/** Afterwards the log has the whole answer, of which the guard has seen every piece. */
async function streamAnswer(
  { run, steps }: { run: Run; steps: readonly RunStep[] },
  log: EventLog,
  signal: AbortSignal,
  dependencies: RunDependencies,
) {
  const { store, openTools, model, limits, guardPolicy, logger } = dependencies;
  const guard = createRunGuard(guardPolicy, logger, run.id);
  const conversation = await store.messages.history(run.sessionId, HISTORY, run.messageId);
  // Superseded just now: nobody waits for an answer.
  if (conversation === undefined) return;
  const own = conversation.filter(({ role }) => role === "user").map(({ content }) => content);
  if (guard.check(own.at(-1) ?? "", "user") === undefined) {
    if (!log.content.endsWith(REFUSAL)) await log.token(REFUSAL);
    return;
  }
  const tools = await openTools(run, signal);
  try {
    const { context, definitions } = tools;
    const prompt = composePrompt(conversation, { run, guard, context, tools: definitions });
    const pieces = answerWithTools(
      prompt,
      {
        ...{
          model,
          tools,
          guard,
          own,
          userId: run.userId,
          maxSteps: limits.maxSteps,
          steps,
          said: log.content,
        },
        onStep: (step) => store.runs.addStep(run, step),
      },
      signal,
    );
    for await (const text of pieces) await log.token(text);
  } finally {
    await tools.close();
  }
  if (log.content === "") throw new ModelFailure("the model's answer was empty");
}

interface Ending {
  readonly run: Run;
  readonly log: EventLog;
  readonly store: ConversationStore;
}

/** What the log has is the answer: the devices and the store agree. Nothing is stored of what was superseded meanwhile. */
function storeAnswer({ run, log, store }: Ending) {
  const { content } = log;
  const filtered = isFiltered(content);
  const { id: runId, sessionId, userId } = run;
  return store.messages.addAnswer({ sessionId, userId, runId, content, filtered });
}

async function complete({ run, log, store }: Ending, messageId: string): Promise<void> {
  await store.runs.setStatus(run.id, "completed");
  await log.complete(messageId);
}

async function fail({ run, log, store }: Ending, reason: string): Promise<void> {
  await store.runs.setStatus(run.id, "failed");
  await log.fail(reason);
}

/** The answer as far as it came is kept: it is what the user has read. */
async function storeCancelled(ending: Ending): Promise<void> {
  const answer = ending.log.content === "" ? undefined : await storeAnswer(ending);
  await endCancelled(ending, answer?.id);
}

async function endCancelled({ run, log, store }: Ending, messageId: string | undefined): Promise<void> {
  await store.runs.setStatus(run.id, "cancelled");
  await log.cancel(messageId);
}
