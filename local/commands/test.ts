import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDir } from "../instance.ts";
import { REPOSITORY } from "../repository.ts";
import { summarizeCoverage } from "../testing/coverage.ts";
import { prepareTestMachine } from "../testing/machine.ts";
import { type Outcome, SUITES, type SuiteName } from "../testing/suites.ts";
import { CommandFailure } from "../ui/failure.ts";

/**
 * Runs the suites one after the other and closes with `N passed, N failed`. A suite that this machine can't run
 * is named with the reason.
 *
 * @param options `coverage`: also measure which lines the tests run, into the folder `coverage`
 * @throws CommandFailure when no test ran.
 */
export async function test(options: {
  only?: string[];
  coverage?: boolean;
  signal: AbortSignal;
}): Promise<void> {
  const coverage = options.coverage ? join(REPOSITORY, "coverage") : undefined;
  const chosen = chooseSuites(options.only);
  const logDir = join(cacheDir(), "logs");
  await mkdir(logDir, { recursive: true });
  const machine = await prepareTestMachine(chosen, {
    logFile: join(logDir, "test.log"),
    signal: options.signal,
  });

  const total = { passed: 0, failed: 0 };
  const skipped: string[] = [];
  for (const name of chosen) {
    options.signal.throwIfAborted();
    const reason = machine.cannotRun[name];
    if (reason) {
      skipped.push(`${name}: ${reason}`);
      continue;
    }
    process.stdout.write(`\n== ${name}\n`);
    const outcome: Outcome = await SUITES[name]({ env: machine.env, coverage, signal: options.signal });
    total.passed += outcome.passed;
    total.failed += outcome.failed;
  }
  options.signal.throwIfAborted();
  if (coverage) await summarizeCoverage(coverage, process.env.GITHUB_STEP_SUMMARY);
  for (const line of skipped) process.stdout.write(`skipped ${line}\n`);
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  if (total.failed > 0) process.exitCode = 1;
  if (total.passed + total.failed === 0) throw new CommandFailure("no test ran");
}

function chooseSuites(only: string[] | undefined): SuiteName[] {
  const names = Object.keys(SUITES) as SuiteName[];
  const unknown = only?.filter((name) => !names.includes(name as SuiteName)) ?? [];
  if (unknown.length > 0) {
    throw new CommandFailure(`no suite ${unknown.join(", ")}: choose from ${names.join(", ")}`, {
      exitCode: 2,
    });
  }
  return names.filter((name) => !only || only.includes(name));
}
