import { appendFileSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { Listr, PRESET_TIMER } from "listr2";
import type { StepContext } from "../progress.ts";
import { CommandFailure, describeFailure } from "./failure.ts";

export interface Step {
  readonly title: string;
  /** @returns what was found or made, shown behind the title: "12 of 12 pods ready" */
  readonly run: (ctx: StepContext) => Promise<string | undefined>;
}

/** A log without a terminal grows by one line a step every ten seconds, not by one every change. */
const QUIET_INTERVAL_MS = 10_000;

/**
 * Runs steps side by side (each awaits by itself what it needs) with their progress and elapsed time.
 * Everything reported also goes to `logFile`. The first failure stops the others.
 *
 * @throws CommandFailure with the failed step's cause and the place of the log.
 */
export async function runSteps(
  steps: Step[],
  options: { logFile: string; signal: AbortSignal },
): Promise<void> {
  mkdirSync(dirname(options.logFile), { recursive: true, mode: 0o700 });
  const log = (line: string) => appendFileSync(options.logFile, `${new Date().toISOString()} ${line}\n`);
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let failure: CommandFailure | undefined;

  const tasks = steps.map((step) => ({
    title: step.title,
    task: async (_: unknown, task: { title: string; output: string }) => {
      const report = createReporter(step.title, (line) => {
        task.output = line;
      });
      const ctx: StepContext = {
        signal,
        report: (line) => {
          log(`${step.title}: ${line}`);
          report(line);
        },
      };
      try {
        const result = await step.run(ctx);
        if (result) task.title = `${step.title}: ${result}`;
        log(`${step.title}: done${result ? `, ${result}` : ""}`);
      } catch (error) {
        log(`${step.title}: failed: ${describeFailure(error)}`);
        failure ??= new CommandFailure(
          `${step.title} failed: ${describeFailure(error)}\nlog: ${options.logFile}`,
        );
        stop.abort(failure);
        throw error;
      }
    },
  }));

  try {
    await new Listr(tasks, {
      concurrent: true,
      exitOnError: true,
      registerSignalListeners: false,
      rendererOptions: { timer: PRESET_TIMER, collapseErrors: false, showErrorMessage: false, outputBar: 1 },
      fallbackRenderer: "simple",
      fallbackRendererOptions: { timer: PRESET_TIMER },
    } as ConstructorParameters<typeof Listr>[1]).run();
  } catch (error) {
    options.signal.throwIfAborted();
    throw failure ?? error;
  }
}

function createReporter(title: string, show: (line: string) => void): (line: string) => void {
  if (process.stdout.isTTY) return show;
  let last = 0;
  return (line) => {
    const now = Date.now();
    if (now - last < QUIET_INTERVAL_MS) return;
    last = now;
    show(`${title}: ${line}`);
  };
}
