import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, ChatModel, CompletionOptions, Question } from "./chat-model.ts";
import type { LlmStatus, ProviderMetrics } from "./llm-metrics.ts";
import { ModelFailure } from "./model-failure.ts";
import { createRetryBudget } from "./retry-budget.ts";
import { Overloaded, type Turnstile } from "./turnstile.ts";

const RETRIES = 2;
const PAUSE_MS = 250;
/** An upstream that wants to be left alone for longer is not waited for. */
const MAX_PAUSE_MS = 5000;

/** A model with its queue, its retries and its figures. */
export interface Backend {
  readonly model: ChatModel;
  /** As `ChatModel.complete`; also @throws Overloaded */
  ask(question: Question, options: CompletionOptions): Answer;
}

interface BackendOptions {
  readonly model: ChatModel;
  readonly turnstile: Turnstile;
  readonly measure: ProviderMetrics;
}

/** Lets so many questions at a time to the model, and asks an upstream again that failed before its first piece. */
export function createBackend({ model, turnstile, measure }: BackendOptions): Backend {
  const budget = createRetryBudget();

  async function* answer(question: Question, options: CompletionOptions): Answer {
    budget.earn();
    for (let retry = 1; ; retry++) {
      let begun = false;
      try {
        const pieces = model.complete(question, options);
        let next = await pieces.next();
        begun = true;
        try {
          for (; !next.done; next = await pieces.next()) yield next.value;
        } finally {
          await pieces.return("stop");
        }
        return next.value;
      } catch (error) {
        const pause = begun || retry > RETRIES ? undefined : pauseAfter(error, retry);
        if (pause === undefined || options.signal.aborted || !budget.spend()) throw error;
        await sleep(pause, undefined, { signal: options.signal });
      }
    }
  }

  return {
    model,
    async *ask(question, { signal, onUsage }) {
      const call = measure.begin();
      // Unless one of the others: the reader has gone.
      let status: LlmStatus = "cancelled";
      let leave: (() => void) | undefined;
      try {
        leave = await turnstile.enter(signal, question.user);
        const use = (usage: Parameters<ProviderMetrics["use"]>[0]) => {
          measure.use(usage);
          onUsage?.(usage);
        };
        const finish = yield* answer(question, { signal, onUsage: use });
        status = "success";
        return finish;
      } catch (error) {
        if (!signal.aborted) status = isOverload(error) ? "refused" : "failure";
        throw error;
      } finally {
        leave?.();
        call.end(status);
      }
    },
  };
}

/** Whether the failure is that too many ask, here or upstream. */
export function isOverload(error: unknown): boolean {
  return error instanceof Overloaded || (error instanceof ModelFailure && error.kind === "overloaded");
}

/** @returns how long to wait before the next try, in ms; undefined when none is worth it */
function pauseAfter(error: unknown, retry: number): number | undefined {
  if (!(error instanceof ModelFailure)) return undefined;
  if (error.kind !== "overloaded" && error.kind !== "unavailable") return undefined;
  const pause = error.retryAfterMs ?? PAUSE_MS * 2 ** (retry - 1) * (0.5 + Math.random());
  return pause <= MAX_PAUSE_MS ? pause : undefined;
}
