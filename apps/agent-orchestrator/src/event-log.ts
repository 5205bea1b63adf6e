import type { RunEvent } from "@mobile-ai-agent/contracts";
import type { OpenStep, RunFailure, RunLog } from "@mobile-ai-agent/conversation-store";

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

/**
 * Opens the log where its last writer left it.
 *
 * @param kept what a run that waited had in its log: Redis may have lost it meanwhile, or not kept it for so long
 */
export async function openEventLog(
  runLog: RunLog,
  runId: string,
  kept?: Pick<OpenStep, "said" | "sequence">,
): Promise<EventLog> {
  let { sequence, content, ended } = await readSoFar(runLog, runId);
  const append = async (event: (position: Position) => RunEvent) => {
    if (ended) return;
    const next = event({ runId, sequence: sequence + 1 });
    await runLog.append(next);
    sequence = next.sequence;
    if (next.kind === "token") content += next.text;
    else ended = true;
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

async function readSoFar(runLog: RunLog, runId: string) {
  const last = await runLog.lastSequence(runId);
  let content = "";
  let ended = false;
  if (last === 0) return { sequence: 0, content, ended };
  const stop = new AbortController();
  try {
    for await (const event of runLog.read(runId, 0, stop.signal)) {
      if (event.kind === "token") content += event.text;
      else ended = true;
      if (event.sequence >= last) break;
    }
    return { sequence: last, content, ended };
  } finally {
    stop.abort();
  }
}
