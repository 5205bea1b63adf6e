import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { summarizeCoverage } from "./coverage.ts";

it("adds one row a suite to what the job's summary has already", async () => {
  const folder = await mkdtemp(join(tmpdir(), "coverage-"));
  const summary = join(folder, "summary.md");
  await writeFile(summary, "before\n");
  const measure = { covered: 3, total: 4, pct: 75 };
  for (const suite of ["unit", "integration"]) {
    await mkdir(join(folder, "coverage", suite), { recursive: true });
    const report = { total: { lines: measure, functions: measure, branches: { ...measure, pct: 12.5 } } };
    await writeFile(join(folder, "coverage", suite, "coverage-summary.json"), JSON.stringify(report));
  }
  await summarizeCoverage(join(folder, "coverage"), summary);
  expect((await readFile(summary, "utf8")).trimEnd().split("\n")).toEqual([
    "before",
    "| coverage by | lines | functions | branches |",
    "| --- | ---: | ---: | ---: |",
    "| integration tests | 75 % of 4 | 75 % of 4 | 12.5 % of 4 |",
    "| unit tests | 75 % of 4 | 75 % of 4 | 12.5 % of 4 |",
  ]);
  await rm(folder, { recursive: true });
});
