import {
  type Approval,
  type Change,
  type Decision,
  hasEnded,
  type Message,
  type RunEvent,
} from "@mobile-ai-agent/contracts";
import type { Requests } from "../api/requests.ts";
import { createOutbox, type Outbox } from "../outbox/outbox.ts";
import type { OutboxStore } from "../outbox/outbox-store.ts";
import { createApprovals } from "./approvals.ts";
import { deliverWith } from "./deliver.ts";
import { unanswered } from "./messages.ts";
import { pauseMs } from "../api/pause.ts";
import { followRun, neverBegun, type RunState, startedRun } from "./run-follower.ts";
import { type Connection, createChatSocket, type SocketOptions } from "./socket.ts";

/** What the screens show of the moment; a new object with each change. */
export interface ChatState {
  readonly connection: Connection;
  readonly runs: ReadonlyMap<string, RunState>;
  /** Calls that wait for the user, by their ids. */
  readonly approvals: ReadonlyMap<string, Approval>;
  /** Changes with the outbox. */
  readonly outboxVersion: number;
}

export interface ChatOptions extends Omit<SocketOptions, "onConnection"> {
  readonly requests: Requests;
  readonly store: OutboxStore;
  readonly newId: () => string;
  /** Something that happened in a session, by this device or another. */
  readonly onChange: (sessionId: string, change: Change) => void;
  /** A session is there, or is called something else. */
  readonly onSessionChanged: () => void;
  readonly onSessionDeleted: (sessionId: string) => void;
  /** A run of the session has ended: its answer, if any, is among the messages. */
  readonly onRunEnded: (sessionId: string) => void;
  /** There may be news that no event told. */
  readonly onConnected: () => void;
}

export interface Chat {
  readonly outbox: Outbox;
  state(): ChatState;
  subscribe(listener: () => void): () => void;
  /** Follows the runs that still owe an answer to these messages of a session. */
  followUnanswered(messages: readonly Message[]): void;
  /** Takes in what this device has done itself, as if it were told of it. */
  take(sessionId: string, change: Change): void;
  cancel(runId: string): Promise<void>;
  /** @returns why it could not be decided now; undefined when it is, here or on another device */
  decide(approvalId: string, decision: Decision): Promise<string | undefined>;
  wake(): void;
  close(): void;
}

/** Of the unanswered messages of a session only the newest few: older ones failed long ago. */
const FOLLOWED = 5;
const ACK_MS = 10_000;
const AGAIN = { firstMs: 3000, mostMs: 48_000 };
/** A run is told of before it is there, for a moment; after about half a minute it will never be. */
const MOST_UNKNOWN = 5;
const SYNC_MS = 3000;

/** One user's live connection: answers as they come, messages on their way out. */
export function createChat(options: ChatOptions): Chat {
  const { requests, store, onChange, onRunEnded, onConnected } = options;
  let state: ChatState = {
    connection: "connecting",
    runs: new Map(),
    approvals: new Map(),
    outboxVersion: 0,
  };
  let closed = false;
  let subscribing: Promise<void> = Promise.resolve();
  /** Of subscriptions, by run, one after another. */
  const failures = new Map<string, number>();
  /** How often, one after another, the platform said that there is no such run. */
  const unknown = new Map<string, number>();
  const retries = new Map<string, ReturnType<typeof setTimeout>>();
  const listeners = new Set<() => void>();

  function change(part: Partial<ChatState>): void {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  }

  function changeRun(run: RunState): void {
    change({ runs: new Map(state.runs).set(run.runId, run) });
  }

  const approvals = createApprovals(requests, (waiting) => change({ approvals: waiting }));

  const { socket, wake, close } = createChatSocket({
    ...options,
    onConnection(connection) {
      change({ connection });
      if (connection !== "connected") return;
      outbox.flush();
      loadOutbox();
      // What was asked on the connection before may never be answered.
      subscribing = Promise.resolve();
      for (const run of state.runs.values()) if (run.status === "running") subscribe(run.runId);
      askForNews();
    },
  });

  function askForNews(): void {
    void approvals.load();
    onConnected();
  }

  const outbox = createOutbox({
    store,
    newId: options.newId,
    onChange: () => change({ outboxVersion: state.outboxVersion + 1 }),
    deliver: deliverWith({
      requests,
      socket,
      store,
      onAccepted({ message, runId }) {
        takeMessage(message, runId);
      },
    }),
  });

  function takeMessage(message: Message, runId: string): void {
    onChange(message.session_id, { kind: "message", sequence: message.sequence, message });
    followTold(runId, message.session_id);
  }

  function take(sessionId: string, change: Change): void {
    if (change.kind === "deletion") forget(change.message_id);
    onChange(sessionId, change);
    if (change.kind === "edit") followTold(change.message.run_id, sessionId);
    if (change.kind === "regeneration") followTold(change.run_id, sessionId);
  }

  /** The text of a deleted answer is not to be seen again. */
  function forget(messageId: string): void {
    for (const run of state.runs.values()) {
      if (run.messageId === messageId) changeRun({ ...run, text: "" });
    }
  }

  function follow(runId: string, sessionId: string): void {
    if (!state.runs.has(runId)) followTold(runId, sessionId);
  }

  /** The platform tells of a run once it is there, also of one that this device has asked for in vain. */
  function followTold(runId: string, sessionId: string): void {
    if (state.runs.has(runId) && !unknown.delete(runId)) return;
    failures.delete(runId);
    changeRun(startedRun(runId, sessionId));
    subscribe(runId);
  }

  /** One after another: each makes the platform look at the run. */
  function subscribe(runId: string): void {
    subscribing = subscribing.then(() => subscribeNow(runId));
  }

  function subscribeLater(runId: string): void {
    const before = failures.get(runId) ?? 0;
    failures.set(runId, before + 1);
    clearTimeout(retries.get(runId));
    const again = setTimeout(() => subscribe(runId), pauseMs(before, AGAIN));
    retries.set(runId, again);
  }

  async function subscribeNow(runId: string): Promise<void> {
    const run = state.runs.get(runId);
    if (!socket.connected || closed || run?.status !== "running") return;
    try {
      const answer = await socket.timeout(ACK_MS).emitWithAck("run:subscribe", { runId, after: run.after });
      if (answer.error?.code === "not_found") await settle(runId);
      if (answer.error) return stillRunning(runId) ? subscribeLater(runId) : undefined;
      for (const counts of [failures, unknown]) counts.delete(runId);
      if (answer.data.after !== run.after) changeRun({ ...run, after: answer.data.after, text: "" });
    } catch {
      subscribeLater(runId);
    }
  }

  const stillRunning = (runId: string) => state.runs.get(runId)?.status === "running";

  /** For a run whose events are no longer kept: how it ended is all there is to know. */
  async function settle(runId: string): Promise<void> {
    const run = state.runs.get(runId);
    const answer = await requests.getRun(runId);
    if (!run) return;
    if (!answer.ok) return answer.problem.reason === "refused" ? noSuchRun(run) : undefined;
    unknown.delete(runId);
    const { status, failure } = answer.data;
    if (!hasEnded(status)) return;
    changeRun({
      ...run,
      status,
      ...(failure && { failure: { ...failure, availableAt: failure.available_at } }),
    });
    onRunEnded(run.sessionId);
  }

  function noSuchRun(run: RunState): void {
    const times = (unknown.get(run.runId) ?? 0) + 1;
    unknown.set(run.runId, times);
    if (times < MOST_UNKNOWN) return;
    changeRun(neverBegun(run));
    onRunEnded(run.sessionId);
  }

  socket.on("run:event", (event: RunEvent) => {
    const run = state.runs.get(event.runId);
    if (!run) return;
    const next = followRun(run, event);
    if (!next) return subscribe(event.runId);
    if (next === run) return;
    changeRun(next);
    if (next.status !== "running") onRunEnded(next.sessionId);
  });

  socket.on("approval:requested", approvals.add);
  socket.on("approval:decided", approvals.decided);
  socket.on("message:created", ({ message, runId }) => takeMessage(message, runId));
  socket.on("conversation:changed", ({ sessionId, change }) => take(sessionId, change));
  socket.on("session:changed", () => options.onSessionChanged());
  socket.on("session:deleted", ({ sessionId }) => {
    void outbox.discardSession(sessionId);
    options.onSessionDeleted(sessionId);
  });
  // Not all devices at once, when a part of the platform comes back.
  socket.on("sync:needed", () => setTimeout(() => !closed && askForNews(), Math.random() * SYNC_MS));

  /** What is left of the last time, or of another tab that was closed. A device that can't read it now may do later. */
  function loadOutbox(): void {
    outbox.load().catch(() => undefined);
  }
  loadOutbox();

  return {
    outbox,
    state: () => state,

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    followUnanswered(messages) {
      for (const { run_id, session_id } of unanswered(messages).slice(-FOLLOWED)) follow(run_id, session_id);
    },

    take,

    async cancel(runId) {
      // When it is lost, the answer goes on and the button is still there.
      await socket
        .timeout(ACK_MS)
        .emitWithAck("run:cancel", { runId })
        .catch(() => undefined);
    },

    decide: approvals.decide,
    wake,

    close() {
      closed = true;
      for (const again of retries.values()) clearTimeout(again);
      approvals.close();
      outbox.stop();
      close();
    },
  };
}
