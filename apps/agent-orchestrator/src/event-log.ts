import type { RunEvent } from "@mobile-ai-agent/contracts";
import type { RunLog } from "@mobile-ai-agent/conversation-store";

/** One run's events, written by one owner under gap-free sequence numbers. */
export interface EventLog {
  /** Of the last event; 0 for an empty log. */
  readonly sequence: number;
  token(text: string): Promise<void>;
  /** Ends the log, unless it has ended already. */
  complete(messageId: string): Promise<void>;
  /** As `complete`. @param reason in words for the person who asked */
  fail(reason: string): Promise<void>;
}

/** Opens the log where its last writer left it. */
export async function openEventLog(runLog: RunLog, runId: string): Promise<EventLog> {
  let sequence = await runLog.lastSequence(runId);
  let ended = sequence > 0 && isLast(await eventAt(runLog, runId, sequence));
  const append = async (event: (position: { runId: string; sequence: number }) => RunEvent) => {
    if (ended) return;
    const next = event({ runId, sequence: sequence + 1 });
    await runLog.append(next);
    sequence = next.sequence;
    ended = isLast(next);
  };
  return {
    get sequence() {
      return sequence;
    },
    token: (text) => append((position) => ({ ...position, kind: "token", text })),
    complete: (messageId) => append((position) => ({ ...position, kind: "completed", messageId })),
    fail: (reason) => append((position) => ({ ...position, kind: "failed", reason })),
  };
}

function isLast(event: RunEvent | undefined): boolean {
  return event?.kind === "completed" || event?.kind === "failed";
}

async function eventAt(runLog: RunLog, runId: string, sequence: number): Promise<RunEvent | undefined> {
  const stop = new AbortController();
  try {
    for await (const event of runLog.read(runId, sequence - 1, stop.signal)) return event;
    return undefined;
  } finally {
    stop.abort();
  }
}
