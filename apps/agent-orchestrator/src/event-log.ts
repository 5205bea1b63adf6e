import type { RunEvent } from "@mobile-ai-agent/contracts";
import type { OpenStep, RunFailure } from "@mobile-ai-agent/conversation-store";
import type { RunDependencies } from "./run-dependencies.ts";

/** One run's events, written by one owner under gap-free sequence numbers. */
export interface EventLog {
  /** Of the last event; 0 for an empty log. */
  readonly sequence: number;
  /** The text of all tokens, those of earlier owners too. */
  readonly content: string;
  token(text: string): Promise<void>;
  /** Ends the log, unless it has ended already. */
  complete(messageId: string): Promise<void>;
  /** As `complete`. */
  fail(failure: RunFailure): Promise<void>;
  /** As `complete`. @param messageId of the answer as far as it came */
  cancel(messageId: string | undefined): Promise<void>;
}

type Position = Pick<RunEvent, "runId" | "sequence">;
type Kept = Pick<OpenStep, "said" | "sequence">;

/**
 * Opens the log where its last writer left it. What a Redis loses that comes back without its data is written again, as
 * long as its writer lives; what was removed is not.
 *
 * @param after where the numbers of a log begin that has nothing yet. What devices have of a log that is lost, with its
 *   writer, must be before that.
 * @param kept what a run that waited had in its log: Redis may have lost it meanwhile, or not kept it for so long
 */
export async function openEventLog(
  runLog: RunDependencies["runLog"],
  { runId, after, kept }: { runId: string; after: number; kept?: Kept | undefined },
): Promise<EventLog> {
  const events = await readSoFar(runLog, runId);
  let sequence = events.at(-1)?.sequence ?? after;
  let content = events.map((event) => (event.kind === "token" ? event.text : "")).join("");
  let ended = events.some(({ kind }) => kind !== "token");
  const append = async (event: (position: Position) => RunEvent) => {
    if (ended) return;
    const next = event({ runId, sequence: sequence + 1 });
    const isFirst = events.length === 0;
    events.push(next);
    if ((await runLog.append(next, isFirst)) === "lost") await writeAgain();
    sequence = next.sequence;
    if (next.kind === "token") content += next.text;
    else ended = true;
  };
  const writeAgain = async () => {
    for (const [index, event] of events.entries()) await runLog.append(event, index === 0);
  };
  // Under the numbers that devices have already: who has them sees nothing new, who has none gets the text at once.
  while (kept && sequence < kept.sequence) {
    const text = kept.said.slice(content.length);
    await append((position) => ({ ...position, kind: "token", text }));
  }
  return {
    get sequence() {
      return sequence;
    },
    get content() {
      return content;
    },
    token: (text) => append((position) => ({ ...position, kind: "token", text })),
    complete: (messageId) => append((position) => ({ ...position, kind: "completed", messageId })),
    fail: ({ code, reason, availableAt }) =>
      append((position) => ({
        ...{ ...position, kind: "failed", code, reason },
        ...(availableAt && { availableAt: availableAt.toISOString() }),
      })),
    cancel: (messageId) =>
      append((position) => ({ ...position, kind: "cancelled", ...(messageId && { messageId }) })),
  };
}

async function readSoFar(runLog: RunDependencies["runLog"], runId: string): Promise<RunEvent[]> {
  const { last, first } = (await runLog.bounds(runId)) ?? {};
  if (last === undefined || first === undefined) return [];
  const events: RunEvent[] = [];
  const stop = new AbortController();
  try {
    for await (const event of runLog.read(runId, first - 1, stop.signal)) {
      events.push(event);
      if (event.sequence >= last) break;
    }
    return events;
  } finally {
    stop.abort();
  }
}
