import { performance } from "node:perf_hooks";
import { inspect } from "../input/inspect.ts";
import type { Example } from "./generate.ts";

const ROUNDS = 5;

export interface Times {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** @returns the milliseconds that so many percent of the messages take at most, after a round that warms up */
export function measureTime(examples: readonly Example[]): Times {
  const taken: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    for (const { text, source } of examples) {
      const started = performance.now();
      inspect(text, source);
      if (round > 0) taken.push(performance.now() - started);
    }
  }
  taken.sort((a, b) => a - b);
  const at = (share: number) => taken[Math.floor(taken.length * share)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
