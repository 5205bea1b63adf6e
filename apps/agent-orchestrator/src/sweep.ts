import type { ConversationStore, RunQueue } from "@mobile-ai-agent/conversation-store";

const BATCH = 100;
/** Longer than whoever looked at a session before its deletion takes to write to it. */
const DELETED_MS = 60_000;

/**
 * Queues the runs that were stored and not finished: of a sender that died before it queued them, or of a Redis that
 * lost its data. One that is queued or under way stays as it is. Then it does deleted sessions once more.
 *
 * @param overdueMs how long a run may be without a change of its status
 * @returns how many it looked at
 */
export async function sweepRuns(
  store: ConversationStore,
  queue: RunQueue,
  overdueMs: number,
): Promise<number> {
  const runs = await store.runs.unfinishedBefore(new Date(Date.now() - overdueMs), BATCH);
  for (const { id } of runs) await queue.enqueue(id);
  await store.deletions.finishBefore(new Date(now - DELETED_MS));
  return runs.length;
}
