import type { ConversationStore, RunQueue } from "@mobile-ai-agent/conversation-store";

/** Longer than the moment between storing a run and queueing it. */
const OVERDUE_MS = 30_000;
const BATCH = 100;
/** Longer than whoever looked at a session before its deletion takes to write to it. */
const DELETED_MS = 60_000;

/**
 * Queues the runs that were stored and not finished: of a sender that died before it queued them, or of a Redis that
 * lost its data. One that is queued or under way stays as it is. Then it does deleted sessions once more.
 *
 * @returns how many it looked at
 */
export async function sweepRuns(
  store: ConversationStore,
  queue: RunQueue,
  now = Date.now(),
): Promise<number> {
  const runs = await store.runs.unfinishedBefore(new Date(now - OVERDUE_MS), BATCH);
  for (const { id } of runs) await queue.enqueue(id);
  await store.deletions.finishBefore(new Date(now - DELETED_MS));
  return runs.length;
}
