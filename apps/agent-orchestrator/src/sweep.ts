import { hasEnded } from "@mobile-ai-agent/contracts";
import type { ConversationStore, RunQueue } from "@mobile-ai-agent/conversation-store";

const BATCH = 100;
/** Longer than whoever looked at a session before its deletion takes to write to it. */
const DELETED_MS = 60_000;

/**
 * Queues the runs that were stored and not finished: of a sender that died before it queued them, or of a Redis that
 * lost its data; and those that wait though they need not any more. One that is queued or under way stays as it is. Then
 * it does deleted sessions once more.
 *
 * @param options.overdueMs how long a run may be without a change of its status
 * @returns how many it looked at
 */
export async function sweepRuns(
  store: ConversationStore,
  queue: RunQueue,
  { overdueMs, now = Date.now() }: { overdueMs: number; now?: number },
): Promise<number> {
  const before = new Date(now - overdueMs);
  const runs = await store.runs.unfinishedBefore(before, BATCH);
  const overdue = await store.runs.overdueWaiting(new Date(now), BATCH);
  const decided = await wantingDecisions(store, before);
  const ids = new Set([...runs.map(({ id }) => id), ...overdue.map(({ id }) => id), ...decided]);
  for (const id of ids) await queue.enqueue(id);
  await store.deletions.finishBefore(new Date(now - DELETED_MS));
  return ids.size;
}

/** @returns runs that have yet to go on with a decision. One that has ended otherwise wants none any more. */
async function wantingDecisions({ runs, approvals }: ConversationStore, before: Date): Promise<string[]> {
  const wanting: string[] = [];
  for (const id of await approvals.unconsumedBefore(before, BATCH)) {
    const run = await runs.get(id);
    if (run && !hasEnded(run.status)) wanting.push(id);
    else await approvals.consume(id);
  }
  return wanting;
}
