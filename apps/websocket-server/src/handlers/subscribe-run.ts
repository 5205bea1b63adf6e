import { setTimeout as delay } from "node:timers/promises";
import { hasEnded, SubscribeRun } from "@mobile-ai-agent/contracts";
import type { RunLog } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";
import { acknowledge } from "../acknowledge.ts";
import type { Backlog } from "../backlog.ts";
import type { ContextClient } from "../context-client.ts";
import type { RunOwners } from "../run-owners.ts";
import { SocketProblem } from "../socket-problem.ts";
import type { UserSocket } from "../socket-types.ts";

/** Of one socket at one time. */
const MAX_SUBSCRIPTIONS = 50;
/** The status of a run is stored just before its last event is logged. */
const LAST_EVENT_MS = 1000;
const GONE = "the run's events are no longer kept; read the session's messages";

interface Dependencies {
  readonly context: ContextClient;
  readonly owners: RunOwners;
  readonly log: RunLog;
  readonly backlog: Backlog;
  readonly logger: Logger;
}

/**
 * `run:subscribe`: sends this socket the run's events after `after`, those that are there and those that
 * come. Subscribing again to a run replaces the subscription. A log that was lost and begun anew is sent from its
 * beginning, which the acknowledgement tells. Who has a run's last event is not subscribed: nothing would end that. A
 * finished run whose events are no longer kept is `not_found`: its answer is among the session's messages. Who follows too
 * many runs gets `limited`, and goes on following those.
 */
export function subscribeRun(socket: UserSocket, { context, owners, log, backlog, logger }: Dependencies) {
  const userId = socket.data.claims.sub;
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
    const replaced = subscriptions.get(runId);
    if (replaced === undefined && subscriptions.size >= MAX_SUBSCRIPTIONS) {
      const most = `a connection follows up to ${MAX_SUBSCRIPTIONS} runs at once`;
      throw new SocketProblem("limited", `${most}; try again when one of them has ended`);
    }
    replaced?.abort();
    subscriptions.set(runId, subscription);
    void follow(runId, after, subscription).finally(() => {
      if (subscriptions.get(runId) === subscription) subscriptions.delete(runId);
    });
  }

  /**
   * @returns the sequence number after which to read, and whether there is nothing to come after that
   * @throws SocketProblem when the run is not this user's, or there is nothing to come
   */
  async function startOf(runId: string, after: number): Promise<{ start: number; isOver: boolean }> {
    let bounds = await log.bounds(runId);
    if (bounds === undefined || !owners.isOf(userId, runId)) {
      const { status } = await context.getRun(socket.data.token, runId);
      owners.add(userId, runId);
      if (bounds === undefined && hasEnded(status)) {
        await delay(LAST_EVENT_MS);
        bounds = await log.bounds(runId);
        if (bounds === undefined) throw new SocketProblem("not_found", GONE);
      }
    }
    if (bounds === undefined) return { start: 0, isOver: false };
    // Whole for who has the events up to `after`.
    const continues = bounds.first - 1 <= after && after <= bounds.last;
    const start = continues ? after : bounds.first - 1;
    return { start, isOver: bounds.hasEnded && start === bounds.last };
  }

  return acknowledge(
    SubscribeRun,
    async ({ runId, after }) => {
      const { start, isOver } = await startOf(runId, after);
      if (isOver) subscriptions.get(runId)?.abort();
      else subscribe(runId, start);
      return { runId, after: start };
    },
    logger,
  );
}
