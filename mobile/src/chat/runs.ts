import { hasEnded, type Message, type RunEvent } from "@mobile-ai-agent/contracts";
import { pauseMs } from "../api/pause.ts";
import type { Requests } from "../api/requests.ts";
import { unanswered } from "./messages.ts";
import { followRun, neverBegun, type RunState, startedRun } from "./run-follower.ts";
import type { ChatSocket } from "./socket.ts";

/** The runs that are under way, and those that have ended as long as somebody looks and their answer is not stored. */
export interface Runs {
  /** The platform tells of a run once it is there, also of one that this device has asked for in vain. */
  follow(runId: string, sessionId: string): void;
  /** Follows what owes an answer to these messages, all of a session that is shown, and keeps no other that has ended. */
  followUnanswered(sessionId: string, messages: readonly Message[]): void;
  /** The text of a deleted answer is not to be seen again. */
  forgetAnswer(messageId: string): void;
  /** For a session that nobody looks at any more. */
  leave(sessionId: string): void;
  /** What was asked on the connection before may never be answered: all that go on are asked for again. */
  resume(): void;
  close(): void;
}

export interface RunsOptions {
  readonly socket: ChatSocket;
  readonly requests: Pick<Requests, "getRun">;
  /** Whether somebody looks at a session. */
  readonly isShown: (sessionId: string) => boolean;
  readonly onChange: (runs: ReadonlyMap<string, RunState>) => void;
  readonly onEnded: (sessionId: string) => void;
}

/** Of a run that goes on. */
interface Tries {
  /** Subscriptions that failed, one after another. */
  failures: number;
  /** How often, one after another, the platform said that there is no such run. */
  unknown: number;
  again?: ReturnType<typeof setTimeout>;
}

/** Of the unanswered messages of a session only the newest few: older ones failed long ago. */
const FOLLOWED = 5;
const ACK_MS = 10_000;
const AGAIN = { firstMs: 2000, mostMs: 32_000 };
/** A run is told of before it is there, for a moment; after about half a minute it will never be. */
const MOST_UNKNOWN = 5;

export function createRuns({ socket, requests, isShown, onChange, onEnded }: RunsOptions): Runs {
  let runs: ReadonlyMap<string, RunState> = new Map();
  const tries = new Map<string, Tries>();
  /** What has its answer, by session that is shown; also where that was deleted, so that nothing waits for it. */
  const answered = new Map<string, Set<string>>();
  let subscribing: Promise<void> = Promise.resolve();
  let closed = false;

  function change(next: ReadonlyMap<string, RunState>): void {
    runs = next;
    onChange(runs);
  }

  function set(run: RunState): void {
    change(new Map(runs).set(run.runId, run));
  }

  const isRunning = (runId: string) => runs.get(runId)?.status === "running";

  function triesOf(runId: string): Tries {
    const known = tries.get(runId) ?? { failures: 0, unknown: 0 };
    tries.set(runId, known);
    return known;
  }

  function forgetTries(runId: string): void {
    clearTimeout(tries.get(runId)?.again);
    tries.delete(runId);
  }

  const hasAnswer = (runId: string, sessionId: string) => answered.get(sessionId)?.has(runId) ?? false;

  function dropEnded(isOver: (run: RunState) => boolean): void {
    const kept = [...runs].filter(([, run]) => run.status === "running" || !isOver(run));
    if (kept.length < runs.size) change(new Map(kept));
  }

  /** Where nobody looks, the answer is read when somebody does. */
  function end(run: RunState): void {
    const { runId, sessionId } = run;
    forgetTries(runId);
    set(run);
    if (!isShown(sessionId) || hasAnswer(runId, sessionId)) dropEnded((one) => one.runId === runId);
    onEnded(sessionId);
  }

  function follow(runId: string, sessionId: string): void {
    if (hasAnswer(runId, sessionId)) return;
    const known = runs.get(runId);
    if (known && !known.neverBegun && !tries.get(runId)?.unknown) return;
    forgetTries(runId);
    set(startedRun(runId, sessionId));
    subscribe(runId);
  }

  /** One after another: each makes the platform look at the run. */
  function subscribe(runId: string): void {
    subscribing = subscribing.then(() => subscribeNow(runId));
  }

  function subscribeLater(runId: string): void {
    if (closed || !isRunning(runId)) return;
    const mine = triesOf(runId);
    clearTimeout(mine.again);
    mine.again = setTimeout(() => subscribe(runId), pauseMs(mine.failures, AGAIN));
    mine.failures += 1;
  }

  async function subscribeNow(runId: string): Promise<void> {
    const run = runs.get(runId);
    if (!socket.connected || closed || run?.status !== "running") return;
    try {
      const answer = await socket.timeout(ACK_MS).emitWithAck("run:subscribe", { runId, after: run.after });
      if (answer.error?.code === "not_found") await settle(runId);
      if (answer.error) return subscribeLater(runId);
      forgetTries(runId);
      if (answer.data.after !== run.after) set({ ...run, after: answer.data.after, text: "" });
    } catch {
      subscribeLater(runId);
    }
  }

  /** For a run whose events are no longer kept: how it ended is all there is to know. */
  async function settle(runId: string): Promise<void> {
    const answer = await requests.getRun(runId);
    const run = runs.get(runId);
    if (run?.status !== "running") return;
    if (!answer.ok) return answer.problem.reason === "refused" ? noSuchRun(run) : undefined;
    triesOf(runId).unknown = 0;
    const { status, failure } = answer.data;
    if (!hasEnded(status)) return;
    end({ ...run, status, ...(failure && { failure: { ...failure, availableAt: failure.available_at } }) });
  }

  function noSuchRun(run: RunState): void {
    const mine = triesOf(run.runId);
    mine.unknown += 1;
    if (mine.unknown >= MOST_UNKNOWN) end(neverBegun(run));
  }

  socket.on("run:event", (event: RunEvent) => {
    const run = runs.get(event.runId);
    if (!run) return;
    const next = followRun(run, event);
    if (!next) return subscribe(event.runId);
    if (next === run) return;
    if (next.status === "running") set(next);
    else end(next);
  });

  return {
    follow,

    followUnanswered(sessionId, messages) {
      if (!isShown(sessionId)) return;
      const had = answered.get(sessionId) ?? new Set<string>();
      for (const { role, run_id } of messages) if (role === "assistant") had.add(run_id);
      answered.set(sessionId, had);
      const owing = unanswered(messages).map(({ run_id }) => run_id);
      dropEnded((run) => run.sessionId === sessionId && !owing.includes(run.runId));
      for (const runId of owing.slice(-FOLLOWED)) if (!runs.has(runId)) follow(runId, sessionId);
    },

    forgetAnswer(messageId) {
      for (const run of runs.values()) if (run.messageId === messageId) set({ ...run, text: "" });
    },

    leave(sessionId) {
      answered.delete(sessionId);
      dropEnded((run) => run.sessionId === sessionId);
    },

    resume() {
      subscribing = Promise.resolve();
      for (const run of runs.values()) if (run.status === "running") subscribe(run.runId);
    },

    close() {
      closed = true;
      for (const runId of [...tries.keys()]) forgetTries(runId);
    },
  };
}
