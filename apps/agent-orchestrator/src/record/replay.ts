import { canonical } from "@mobile-ai-agent/audit-log";
import type { RunEvent } from "@mobile-ai-agent/contracts";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { handleRun } from "../handle-run.ts";
import type { JournalItem } from "./journal.ts";
import { createReplayer, Divergence, RecordEnds, type Replayer } from "./replayer.ts";
import { replayingDependencies } from "./replaying-run.ts";

/** What a replay came to. */
export interface Replay {
  readonly attempts: number;
  /** Of which the process was killed: the record of such an attempt is its beginning. */
  readonly cut: number;
  /** What the agent gave out, now. */
  readonly events: readonly RunEvent[];
  /** The answer that it would have stored, if any. */
  readonly answer?: string | undefined;
  /** The first place where it did otherwise than the record says. */
  readonly divergence?: string | undefined;
}

/**
 * Runs the agent's own code on what entered a run from outside, and on nothing else, and compares everything that it asks
 * for and gives out with what it did then.
 *
 * @param items the journal of all attempts, in order
 */
export async function replayRun(
  runId: string,
  items: readonly JournalItem[],
  logger: Logger,
): Promise<Replay> {
  const attempts = attemptsOf(items);
  let events: RunEvent[] = [];
  let answer: string | undefined;
  let cut = 0;
  for (const [index, attempt] of attempts.entries()) {
    const replayer = createReplayer(attempt);
    const divergence = await replayAttempt(runId, replayer, logger);
    if (replayer.wasCut) cut++;
    answer = replayer.answer ?? answer;
    const earlier = replayer.events.slice(0, replayer.found);
    const other = replayer.found > 0 ? differenceOf(events, earlier) : undefined;
    // An attempt that finds nothing gives all of it out anew: Redis has lost what there was.
    if (replayer.events.length > 0) events = replayer.events;
    const first = divergence ?? (other && `the log it found is not what was given out before: ${other}`);
    if (first !== undefined) {
      const counts = { attempts: attempts.length, cut, events, answer };
      return { ...counts, divergence: `attempt ${index + 1}, ${first}` };
    }
  }
  return { attempts: attempts.length, cut, events, answer };
}

/** @returns where it did otherwise */
async function replayAttempt(runId: string, replayer: Replayer, logger: Logger): Promise<string | undefined> {
  const failed = await handleRun(
    runId,
    replayer.signal("stop"),
    replayingDependencies(replayer, logger),
  ).then(
    () => undefined,
    (error) => error as Error,
  );
  // The agent may have answered to it in its own way.
  const { divergence } = replayer;
  if (divergence) return divergence.message;
  if (failed instanceof Divergence) return failed.message;
  if (replayer.wasCut || failed instanceof RecordEnds) return undefined;
  return replayer.end(failed?.message);
}

function attemptsOf(items: readonly JournalItem[]): JournalItem[][] {
  const attempts: JournalItem[][] = [];
  for (const item of items) {
    if (item.op === "begin") attempts.push([]);
    attempts.at(-1)?.push(item);
  }
  return attempts;
}

/** What was given out before is what is found later, or its beginning: the last of it may have come after the record. */
function differenceOf(before: readonly RunEvent[], found: readonly RunEvent[]): string | undefined {
  const at = before.findIndex((event, index) => canonical(event) !== canonical(found[index] ?? null));
  return at < 0 ? undefined : `event ${at + 1}`;
}
