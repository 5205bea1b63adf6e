import { performance } from "node:perf_hooks";
import { createOutputFilter, inspect } from "@mobile-ai-agent/guard";
import { generateCorpus } from "@mobile-ai-agent/guard/corpus";

const ROUNDS = 5;
/** Of an answer, as models give it. */
const PIECE = 4;

/** What any reading of a text costs, to compare with: one expression over it. */
const readOnce = (text: string) => text.normalize("NFKC").match(/[\p{L}\p{N}]+/gu)?.length;

/** Prints what the guard adds to a message and to a piece of an answer, beside a plain reading of the same texts. */
export function measureGuard(): void {
  const texts = generateCorpus("held-back").map(({ text }) => text);
  const long =
    texts
      .join(" ")
      .match(/.{1,4000}/gs)
      ?.slice(0, 50) ?? [];
  const rows = [
    { what: "messages", ...times(texts, readOnce, (text) => inspect(text, "user")) },
    { what: "messages of 4000 characters", ...times(long, readOnce, (text) => inspect(text, "user")) },
    { what: "pieces of an answer", ...filterTimes(texts.join(" ").slice(0, 200_000)) },
  ];
  process.stdout.write(`the guard, beside one reading of the same text, ${ROUNDS} rounds\n`);
  console.table(rows);
}

function times(texts: readonly string[], ...variants: ((text: string) => unknown)[]) {
  const [base = [], guard = []] = variants.map((variant) => {
    const taken: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      for (const text of texts) {
        const started = performance.now();
        variant(text);
        // The first round warms up.
        if (round > 0) taken.push(performance.now() - started);
      }
    }
    return taken.toSorted((a, b) => a - b);
  });
  return row(base, guard);
}

function filterTimes(answer: string) {
  const pieces = answer.match(new RegExp(`.{1,${PIECE}}`, "gs")) ?? [];
  const { push } = createOutputFilter();
  return times(pieces, readOnce, push);
}

function row(base: readonly number[], guard: readonly number[]) {
  const at = (sorted: readonly number[], share: number) =>
    sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const ms = (value: number) => Number(value.toFixed(3));
  return {
    "p50 ms": ms(at(guard, 0.5)),
    "p95 ms": ms(at(guard, 0.95)),
    "p99 ms": ms(at(guard, 0.99)),
    "ratio of medians": Math.round(at(guard, 0.5) / at(base, 0.5)),
  };
}
