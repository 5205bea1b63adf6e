import { performance } from "node:perf_hooks";

const ROUNDS = 5;

/** Calls `base` and `variant` with each input, round by round. @returns what `variant` takes, and the ratio of the two */
export function compare<T>(
  inputs: readonly T[],
  base: (input: T) => unknown,
  variant: (input: T) => unknown,
) {
  const [lower, upper] = [timesOf(inputs, base), timesOf(inputs, variant)];
  return {
    "p50 ms": ms(quantile(upper, 0.5)),
    "p95 ms": ms(quantile(upper, 0.95)),
    "p99 ms": ms(quantile(upper, 0.99)),
    "ratio of medians": Number((quantile(upper, 0.5) / quantile(lower, 0.5)).toFixed(1)),
  };
}

/** @returns what each call took, in milliseconds, the fastest first */
function timesOf<T>(inputs: readonly T[], call: (input: T) => unknown): number[] {
  const taken: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const input of inputs) {
      const started = performance.now();
      call(input);
      // The first round warms up.
      if (round > 0) taken.push(performance.now() - started);
    }
  }
  return taken.toSorted((a, b) => a - b);
}

const quantile = (sorted: readonly number[], share: number) =>
  sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
const ms = (value: number) => Number(value.toFixed(3));
