import type { RunState } from "./run-follower.ts";

export interface FailureShown {
  readonly text: string;
  /** Whether asking again can do any good now. */
  readonly canAskAgain: boolean;
}

/** What is shown of a run that failed, with times as this device's user reads them. */
export function showFailure({ failure }: Pick<RunState, "failure">, now = new Date()): FailureShown {
  if (failure === undefined) return { text: "The answer could not be finished.", canAskAgain: true };
  const { code, reason, availableAt } = failure;
  if (code !== "budget_spent" || availableAt === undefined) return { text: reason, canAskAgain: true };
  const available = new Date(availableAt);
  const time = available.toLocaleString(undefined, { weekday: "short", hour: "numeric", minute: "2-digit" });
  return {
    text: `You have used up your tokens for today. There are new ones on ${time}.`,
    canAskAgain: now >= available,
  };
}
