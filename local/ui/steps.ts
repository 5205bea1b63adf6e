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

  async function perform(step: Step, task: { title: string; output: string }): Promise<void> {
    const reporter = createReporter(step.title, (line) => {
      task.output = line;
    });
    const ctx: StepContext = {
      signal,
      report: (line) => {
        log(`${step.title}: ${line}`);
        reporter.report(line);
      },
    };
    try {
      signal.throwIfAborted();
      const result = await step.run(ctx);
      if (result) task.title = `${step.title}: ${result}`;
      log(`${step.title}: done${result ? `, ${result}` : ""}`);
    } catch (error) {
      log(`${step.title}: failed: ${describeFailure(error)}`);
      // The others end because of the first, or of Ctrl-C: once said is enough.
      if (signal.aborted) throw new Error("stopped");
      failure = new CommandFailure(
        `${step.title} failed: ${describeFailure(error)}\nlog: ${options.logFile}`,
      );
      stop.abort(failure);
      throw error;
    } finally {
      reporter.stop();
    }
  }

  const running: Promise<void>[] = [];
  const tasks = steps.map((step) => ({
    title: step.title,
    task: (_: unknown, task: { title: string; output: string }) => {
      const work = perform(step, task);
      running.push(work);
      return work;
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
  } finally {
    // What the others have started must have ended before this process does.
    await Promise.allSettled(running);
  }
}

interface Reporter {
  readonly report: (line: string) => void;
  readonly stop: () => void;
}

/** On a terminal each line replaces the last. A log gets what is being done every ten seconds, also when it lasts. */
function createReporter(title: string, show: (line: string) => void): Reporter {
  if (process.stdout.isTTY) return { report: show, stop: () => {} };
  const started = Date.now();
  let latest: string | undefined;
  const timer = setInterval(() => {
    if (latest) show(`${title}: ${latest} (${Math.round((Date.now() - started) / 1000)} s)`);
  }, QUIET_INTERVAL_MS);
  return {
    report: (line) => {
      if (latest === undefined) show(`${title}: ${line}`);
      latest = line;
    },
    stop: () => clearInterval(timer),
  };
}
