import { appendFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const MEASURES = ["lines", "functions", "branches"] as const;

type Totals = Record<(typeof MEASURES)[number], { covered: number; total: number; pct: number }>;

/**
 * Appends a table of what each suite has covered, in Markdown.
 *
 * @param folder with `<suite>/coverage-summary.json`, as the suites leave them
 * @param summary file that GitHub shows beside a job; without one, the suites' own output has to do
 */
export async function summarizeCoverage(folder: string, summary: string | undefined): Promise<void> {
  if (!summary) return;
  const suites = await readdir(folder).catch(() => []);
  const rows = await Promise.all(suites.sort().map((suite) => rowOf(suite, folder)));
  const head = [`| coverage by | ${MEASURES.join(" | ")} |`, `| --- |${" ---: |".repeat(MEASURES.length)}`];
  if (rows.length > 0) await appendFile(summary, `${[...head, ...rows].join("\n")}\n\n`);
}

async function rowOf(suite: string, folder: string): Promise<string> {
  const text = await readFile(join(folder, suite, "coverage-summary.json"), "utf8");
  const { total } = JSON.parse(text) as { total: Totals };
  const cells = MEASURES.map((measure) => `${total[measure].pct} % of ${total[measure].total}`);
  return `| ${suite} tests | ${cells.join(" | ")} |`;
}
