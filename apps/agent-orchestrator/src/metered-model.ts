import type { Reservation, Run } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { type AnswerEnd, type LanguageModel, ModelFailure } from "./language-model.ts";
import { promptBound } from "./prompt-bound.ts";
import type { RunDependencies } from "./run-dependencies.ts";
import type { TokenMetrics } from "./token-metrics.ts";

/** An answer shorter than this is not worth its prompt, in tokens. */
const MIN_ANSWER = 16;

/** Which limit has no tokens left: of the user's day, or of the run. */
export type TokenLimit = "day" | "run";

/** There are no tokens left for the model to be asked, or to end what it was saying. */
export class TokensSpent extends Error {
  readonly limit: TokenLimit;

  constructor(limit: TokenLimit) {
    super(`the tokens of the ${limit} are used up`);
    this.name = "TokensSpent";
    this.limit = limit;
  }
}

export interface MeterOptions {
  readonly budget: RunDependencies["budget"];
  readonly run: Pick<Run, "id" | "userId" | "status">;
  /** Tokens of one answer. */
  readonly maxAnswer: number;
  /** Tokens of the whole run. */
  readonly maxRun: number;
  readonly metrics: TokenMetrics;
  readonly logger: Logger;
}

/**
 * The model of one run, whose every call is paid beforehand: as the most that it can use, prompt and answer, and settled
 * afterwards by what it has used. An answer becomes shorter where less is left. One that never began costs nothing, one
 * that broke off what was reserved for it, since nobody told what it has used.
 *
 * Its `answer` also @throws TokensSpent
 */
export function meterModel(model: LanguageModel, options: MeterOptions): LanguageModel {
  const { budget, run, maxAnswer, maxRun, metrics, logger } = options;

  /** Tokens that the run has used. Who begins a run knows that it has used none. */
  let used = run.status === "queued" ? 0 : undefined;

  const refuse = (limit: TokenLimit) => {
    metrics.refuse(limit);
    return new TokensSpent(limit);
  };

  /** @returns `short`: the limit that makes the answer shorter. @throws TokensSpent */
  async function reserve(prompt: number): Promise<{ reservation: Reservation; short?: TokenLimit }> {
    used ??= await budget.usedByRun({ runId: run.id, userId: run.userId });
    const left = maxRun - used;
    const least = prompt + Math.min(MIN_ANSWER, maxAnswer);
    if (left < least) throw refuse("run");
    const wanted = prompt + maxAnswer;
    const most = Math.min(wanted, left);
    const reservation = await budget.reserve({ userId: run.userId, runId: run.id, least, most });
    if (reservation === undefined) throw refuse("day");
    if (reservation.tokens < most) return { reservation, short: "day" };
    return most < wanted ? { reservation, short: "run" } : { reservation };
  }

  return {
    async *answer(request, signal) {
      const prompt = promptBound(request);
      const { reservation, short } = await reserve(prompt);
      const maxTokens = reservation.tokens - prompt;
      let end: AnswerEnd | undefined;
      let bytes = 0;
      let use: { tokens: number; counted: "provider" | "bound" } = {
        tokens: reservation.tokens,
        counted: "bound",
      };
      try {
        const onEnd = (told: AnswerEnd) => {
          end = told;
        };
        for await (const piece of model.answer({ ...request, maxTokens, onEnd }, signal)) {
          bytes += Buffer.byteLength("text" in piece ? piece.text : JSON.stringify(piece.call));
          yield piece;
        }
      } catch (error) {
        if (error instanceof ModelFailure && bytes === 0) use = { tokens: 0, counted: "provider" };
        throw error;
      } finally {
        if (end?.usage) use = { tokens: end.usage.prompt + end.usage.completion, counted: "provider" };
        else if (end) use = { tokens: prompt + Math.min(maxTokens, bytes), counted: "bound" };
        if (use.tokens > reservation.tokens)
          logger.warn("a call used more tokens than it can have", { run_id: run.id, ...use, reservation });
        await budget.settle(reservation, use);
        used = (used ?? 0) + use.tokens;
        metrics.use(use);
      }
      if (short && end?.finish === "length") throw refuse(short);
    },
  };
}
