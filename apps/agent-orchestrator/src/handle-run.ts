import type { ConversationStore, Run, RunLog } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";
import type { ContextReader } from "./context-reader.ts";
import { type EventLog, openEventLog } from "./event-log.ts";
import { type LanguageModel, ModelFailure } from "./language-model.ts";
import { composePrompt } from "./prompt.ts";

/** How many messages the model is shown. */
const HISTORY = 20;

const INTERRUPTED = "the answer was interrupted: send the message again";
const UNAVAILABLE = "the language model could not answer: try again in a moment";

export interface RunDependencies {
  readonly store: ConversationStore;
  readonly runLog: RunLog;
  readonly contextOf: ContextReader;
  readonly model: LanguageModel;
  readonly logger: Logger;
}

/**
 * Makes the answer of a run: streams it to the run's log, stores it, ends the log. Idempotent: of a run that was
 * handled before, in part or whole, it does what is left.
 *
 * @throws when the database, Redis or context-protocol-server fails, or when aborted: the run is to be handled again
 */
export async function handleRun(
  runId: string,
  signal: AbortSignal,
  dependencies: RunDependencies,
): Promise<void> {
  const { store, runLog, logger } = dependencies;
  const run = await store.runs.get(runId);
  if (!run) return void logger.warn("an unknown run was queued", { run_id: runId });
  const log = await openEventLog(runLog, runId);
  const answer = await store.messages.answerOf(runId);
  if (answer) return await complete(run, answer.id, log, store);
  if (run.status === "failed") return await log.fail(UNAVAILABLE);
  // A second answer would differ from the tokens that devices have already.
  if (log.sequence > 0) return await fail(run, INTERRUPTED, log, store);

  await store.runs.setStatus(runId, "running");
  try {
    const content = await streamAnswer(run, log, signal, dependencies);
    const message = await store.messages.addAnswer({ sessionId: run.sessionId, runId, content });
    await complete(run, message.id, log, store);
    logger.info("run completed", { run_id: runId, tokens: log.sequence - 1 });
  } catch (error) {
    if (!(error instanceof ModelFailure)) throw error;
    logger.error("run failed", { run_id: runId, error: error.cause ?? error });
    await fail(run, UNAVAILABLE, log, store);
  }
}

/** @returns the whole answer: exactly the concatenated tokens of the log */
async function streamAnswer(run: Run, log: EventLog, signal: AbortSignal, dependencies: RunDependencies) {
  const { store, contextOf, model } = dependencies;
  const [history, context] = await Promise.all([
    store.messages.history(run.sessionId, HISTORY),
    contextOf(run, signal),
  ]);
  let content = "";
  for await (const text of model.answer(composePrompt(history, context, run.messageId), signal)) {
    await log.token(text);
    content += text;
  }
  if (content === "") throw new ModelFailure("the model's answer was empty");
  return content;
}

async function complete(
  { id }: Run,
  messageId: string,
  log: EventLog,
  store: ConversationStore,
): Promise<void> {
  await store.runs.setStatus(id, "completed");
  await log.complete(messageId);
}

async function fail({ id }: Run, reason: string, log: EventLog, store: ConversationStore): Promise<void> {
  await store.runs.setStatus(id, "failed");
  await log.fail(reason);
}
