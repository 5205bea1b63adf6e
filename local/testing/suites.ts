import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { REPOSITORY } from "../repository.ts";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

interface SuiteContext {
  readonly env: Readonly<Record<string, string>>;
  /** Folder for reports of which lines the tests have run; without it, that is not measured. */
  readonly coverage?: string | undefined;
  readonly signal: AbortSignal;
}

/** The suites in the order in which they run: what fails fast first. */
export const SUITES = {
  check: runChecks,
  unit: (context: SuiteContext) => runVitest("unit", context),
  integration: (context: SuiteContext) => runVitest("integration", context),
  // What it runs are images and other processes, of which this one sees no lines.
  e2e: (context: SuiteContext) => runVitest("e2e", { ...context, coverage: undefined }),
} as const;

export type SuiteName = keyof typeof SUITES;

/** Types, format and lint, the layout's arrows, nothing unused: each counts as one test. */
async function runChecks(context: SuiteContext): Promise<Outcome> {
  let failed = 0;
  const checks = ["types", "lint", "layout", "unused"];
  for (const check of checks) {
    const { failed: broken, all } = await execa("npm", ["run", "--silent", `check:${check}`], {
      cwd: REPOSITORY,
      all: true,
      reject: false,
      env: context.env,
      cancelSignal: context.signal,
    });
    process.stdout.write(broken ? `failed check:${check}\n${all}\n` : `passed check:${check}\n`);
    if (broken) failed++;
  }
  return { passed: checks.length - failed, failed };
}

async function runVitest(project: string, { env, coverage, signal }: SuiteContext): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), "vitest-"));
  const report = join(folder, "report.json");
  try {
    const { exitCode } = await execa(
      process.execPath,
      [
        join(REPOSITORY, "node_modules/vitest/vitest.mjs"),
        ...[
          "run",
          "--project",
          project,
          "--reporter=default",
          "--reporter=json",
          `--outputFile.json=${report}`,
        ],
        ...(coverage === undefined ? [] : coverageOptions(join(coverage, project))),
      ],
      { cwd: REPOSITORY, stdio: ["ignore", "inherit", "inherit"], reject: false, env, cancelSignal: signal },
    );
    return countOutcome(await readFile(report, "utf8").catch(() => undefined), exitCode ?? 1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function coverageOptions(folder: string): string[] {
  const reporters = ["text-summary", "json-summary", "lcov"].map((name) => `--coverage.reporter=${name}`);
  // Of a run with failures too: they are no reason to lose the rest.
  return ["--coverage", ...reporters, `--coverage.reportsDirectory=${folder}`, "--coverage.reportOnFailure"];
}

/**
 * Counts a vitest JSON report. A run that failed otherwise than by a test (a broken file, an unhandled error, no
 * report) counts as one failure more, so that it can't pass unseen.
 */
export function countOutcome(report: string | undefined, exitCode: number): Outcome {
  const { numPassedTests = 0, numFailedTests = 0 } = report === undefined ? {} : JSON.parse(report);
  const failed = numFailedTests === 0 && exitCode !== 0 ? 1 : numFailedTests;
  return { passed: numPassedTests, failed };
}
