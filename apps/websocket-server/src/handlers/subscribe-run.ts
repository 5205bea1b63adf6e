import { setTimeout as delay } from "node:timers/promises";
import { SubscribeRun } from "@mobile-ai-agent/contracts";
import type { RunLog } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { acknowledge } from "../acknowledge.ts";
import type { Backlog } from "../backlog.ts";
import type { ContextClient } from "../context-client.ts";
import { SocketProblem } from "../socket-problem.ts";
import type { UserSocket } from "../socket-types.ts";

/** Of one socket at one time; the oldest ends when there is one more. */
const MAX_SUBSCRIPTIONS = 20;
/** The status of a run is stored just before its last event is logged. */
const LAST_EVENT_MS = 1000;

interface Dependencies {
  readonly context: ContextClient;
  readonly log: RunLog;
  readonly backlog: Backlog;
  readonly logger: Logger;
}

/**
 * `run:subscribe`: sends this socket the run's events after `after`, those that are there and those that
 * come. Subscribing again to a run replaces the subscription. A log that was lost and begun anew is sent from its
 * beginning, which the acknowledgement tells. A finished run whose events are no longer kept
 * is `not_found`: its answer is among the session's messages.
 */
export function subscribeRun(socket: UserSocket, { context, log, backlog, logger }: Dependencies) {
  const subscriptions = new Map<string, AbortController>();
  socket.once("disconnect", () => {
    for (const subscription of subscriptions.values()) subscription.abort();
  });

  async function follow(runId: string, after: number, { signal }: AbortController): Promise<void> {
    try {
      for await (const event of log.read(runId, after, signal)) {
        // Of a device that does not read, the log is not read either; it goes on from there when the device does.
        await backlog.caughtUp(signal);
        if (signal.aborted) return;
        socket.emit("run:event", event);
      }
    } catch (error) {
      logger.error("a run's events can't be read", { error, run_id: runId });
      // The device connects again, here or elsewhere, and goes on from the last event it has.
      socket.conn.close();
    }
  }

  function subscribe(runId: string, after: number): void {
    if (socket.disconnected) return;
    const subscription = new AbortController();
    subscriptions.get(runId)?.abort();
    subscriptions.delete(runId);
    subscriptions.set(runId, subscription);
    const [oldest] = subscriptions;
    if (oldest !== undefined && subscriptions.size > MAX_SUBSCRIPTIONS) {
      oldest[1].abort();
      subscriptions.delete(oldest[0]);
    }
    void follow(runId, after, subscription).finally(() => {
      if (subscriptions.get(runId) === subscription) subscriptions.delete(runId);
    });
  }

  return acknowledge(
    SubscribeRun,
    async ({ runId, after }) => {
      const { status } = await context.getRun(socket.data.token, runId);
      const hasEnded = status !== "queued" && status !== "running" && status !== "waiting";
      const start = await startOf(log, { runId, after, hasEnded });
      if (start === undefined) {
        throw new SocketProblem(
          "not_found",
          "the run's events are no longer kept; read the session's messages",
        );
      }
      subscribe(runId, start);
      return { runId, after: start };
    },
    logger,
  );
}

/** @returns the sequence number after which to read; undefined when there is nothing to come */
async function startOf(
  log: RunLog,
  { runId, after, hasEnded }: { runId: string; after: number; hasEnded: boolean },
): Promise<number | undefined> {
  let bounds = await log.bounds(runId);
  if (bounds === undefined && hasEnded) {
    await delay(LAST_EVENT_MS);
    bounds = await log.bounds(runId);
    if (bounds === undefined) return undefined;
  }
  if (bounds === undefined) return 0;
  // Whole for who has the events up to `after`.
  const continues = bounds.first - 1 <= after && after <= bounds.last;
  return continues ? after : bounds.first - 1;
}
