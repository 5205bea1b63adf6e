import type { FailureCode, RunEvent } from "@mobile-ai-agent/contracts";

/** What a device knows of one run. */
export interface RunState {
  readonly runId: string;
  readonly sessionId: string;
  /** Sequence number of the last event it has; subscribing again goes on after it. */
  readonly after: number;
  readonly text: string;
  readonly status: "running" | "completed" | "failed" | "cancelled";
  /** Why it failed. */
  readonly failure?: {
    readonly code: FailureCode;
    readonly reason: string;
    /** When it is worth trying again. */
    readonly availableAt?: string;
  };
  /** It was told of, and never came to be. */
  readonly neverBegun?: boolean;
  /** Of the stored answer, once there is one. */
  readonly messageId?: string;
}

export function startedRun(runId: string, sessionId: string): RunState {
  return { runId, sessionId, after: 0, text: "", status: "running" };
}

/** Of a run that was told of, and never came to be: whoever was to make it died before. */
export function neverBegun(run: RunState): RunState {
  const reason = "The answer was never begun. Ask again to get one.";
  return { ...run, status: "failed", failure: { code: "interrupted", reason }, neverBegun: true };
}

/**
 * Takes each event exactly once, in order: one it has already changes nothing.
 * @returns undefined when events before this one are missing, so that the run must be subscribed to again
 */
export function followRun(run: RunState, event: RunEvent): RunState | undefined {
  if (event.sequence <= run.after || run.status !== "running") return run;
  if (event.sequence > run.after + 1) return undefined;
  const next = { ...run, after: event.sequence };
  switch (event.kind) {
    case "token":
      return { ...next, text: run.text + event.text };
    case "completed":
      return { ...next, status: "completed", messageId: event.messageId };
    case "failed":
      return { ...next, status: "failed", failure: failureOf(event) };
    case "cancelled":
      return { ...next, status: "cancelled", ...(event.messageId && { messageId: event.messageId }) };
  }
}

function failureOf({ code, reason, availableAt }: Extract<RunEvent, { kind: "failed" }>) {
  return { code, reason, ...(availableAt && { availableAt }) };
}
