import type { Change, Decision, Message } from "@mobile-ai-agent/contracts";
import type { Requests } from "../api/requests.ts";
import { createOutbox, type Outbox } from "../outbox/outbox.ts";
import type { OutboxStore } from "../outbox/outbox-store.ts";
import { type AskedApproval, createApprovals } from "./approvals.ts";
import { deliverWith } from "./deliver.ts";
import type { RunState } from "./run-follower.ts";
import { createRuns } from "./runs.ts";
import { type Connection, createChatSocket, type SocketOptions } from "./socket.ts";

/** What the screens show of the moment; a new object with each change. */
export interface ChatState {
  readonly connection: Connection;
  readonly runs: ReadonlyMap<string, RunState>;
  /** Calls that wait for the user, by their ids; in a session that is shown also what has become of them. */
  readonly approvals: ReadonlyMap<string, AskedApproval>;
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
  /** Somebody looks at a session: what has ended there is kept until nobody does. @returns how to say so */
  show(sessionId: string): () => void;
  /** Follows the runs that still owe an answer to these messages, which are all of a session that is shown. */
  followUnanswered(sessionId: string, messages: readonly Message[]): void;
  /** Takes in what this device has done itself, as if it were told of it. */
  take(sessionId: string, change: Change): void;
  cancel(runId: string): Promise<void>;
  /** @returns why it could not be decided now; undefined when it is, here or on another device */
  decide(approvalId: string, decision: Decision): Promise<string | undefined>;
  wake(): void;
  close(): void;
}

const ACK_MS = 10_000;
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
  /** How many screens show a session. */
  const shown = new Map<string, number>();
  const listeners = new Set<() => void>();

  function change(part: Partial<ChatState>): void {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  }

  const isShown = (sessionId: string) => shown.has(sessionId);

  const approvals = createApprovals({
    requests,
    isShown,
    onChange: (asked) => change({ approvals: asked }),
  });

  const { socket, wake, close } = createChatSocket({
    ...options,
    onConnection(connection) {
      change({ connection });
      if (connection !== "connected") return;
      outbox.flush();
      void outbox.load();
      runs.resume();
      askForNews();
    },
  });

  const runs = createRuns({
    socket,
    requests,
    isShown,
    onChange: (followed) => change({ runs: followed }),
    onEnded: onRunEnded,
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
    runs.follow(runId, message.session_id);
  }

  function take(sessionId: string, change: Change): void {
    if (change.kind === "deletion") runs.forgetAnswer(change.message_id);
    onChange(sessionId, change);
    if (change.kind === "edit") runs.follow(change.message.run_id, sessionId);
    if (change.kind === "regeneration") runs.follow(change.run_id, sessionId);
  }

  socket.on("approval:requested", approvals.add);
  socket.on("approval:decided", approvals.decided);
  socket.on("message:created", ({ message, runId }) => takeMessage(message, runId));
  socket.on("conversation:changed", ({ sessionId, change }) => take(sessionId, change));
  socket.on("session:changed", () => options.onSessionChanged());
  socket.on("session:deleted", ({ sessionId }) => {
    // What the device can't remove now is refused by the platform, and left to the person.
    outbox.discardSession(sessionId).catch(() => undefined);
    options.onSessionDeleted(sessionId);
  });
  // Not all devices at once, when a part of the platform comes back.
  socket.on("sync:needed", () => setTimeout(() => !closed && askForNews(), Math.random() * SYNC_MS));

  // What is left of the last time, or of another tab that was closed.
  void outbox.load();

  return {
    outbox,
    state: () => state,

    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },

    show(sessionId) {
      shown.set(sessionId, (shown.get(sessionId) ?? 0) + 1);
      return () => {
        const left = (shown.get(sessionId) ?? 0) - 1;
        if (left > 0) return void shown.set(sessionId, left);
        shown.delete(sessionId);
        runs.leave(sessionId);
        approvals.leave(sessionId);
      };
    },

    followUnanswered: runs.followUnanswered,

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
      runs.close();
      approvals.close();
      outbox.stop();
      close();
    },
  };
}
