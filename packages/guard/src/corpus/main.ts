/**
 * Prints how well the guard tells attacks from look-alikes, on the templates that its rules were not written for, and how
 * long it takes.
 */
import { generateCorpus } from "./generate.ts";
import { measure } from "./measure.ts";
import { measureTime } from "./measure-time.ts";

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const examples = generateCorpus("held-back");
const rows = [...measure(examples)].map(([category, figures]) => ({
  category,
  attacks: figures.attacks,
  recall: percent(figures.recall),
  "look-alikes": figures.benign,
  "false positives": percent(figures.falsePositives),
  "only flagged": percent(figures.flagged),
}));
process.stdout.write("held-back part of the generated corpus\n");
console.table(rows);

const ms = (value: number) => `${value.toFixed(3)} ms`;
const { p50, p95, p99 } = measureTime(examples);
process.stdout.write(
  `time of a message: p50 ${ms(p50)}, p95 ${ms(p95)}, p99 ${ms(p99)} (at most 2 ms asked)\n`,
);
