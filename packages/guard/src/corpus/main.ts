/** Prints how well the guard tells attacks from look-alikes, on the templates that its rules were not written for. */
import { generateCorpus } from "./generate.ts";
import { measure } from "./measure.ts";

const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
const rows = [...measure(generateCorpus("held-back"))].map(([category, figures]) => ({
  category,
  attacks: figures.attacks,
  recall: percent(figures.recall),
  "look-alikes": figures.benign,
  "false positives": percent(figures.falsePositives),
  "only flagged": percent(figures.flagged),
}));
process.stdout.write("held-back part of the generated corpus\n");
console.table(rows);
