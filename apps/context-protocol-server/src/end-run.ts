import type { ConversationStore, RunCancellations, RunQueue } from "@mobile-ai-agent/conversation-store";

export interface EndRunDependencies {
  readonly store: ConversationStore;
  readonly queue: RunQueue;
  readonly cancellations: RunCancellations;
}

/** Notes that a run is to end, and tells whoever handles it. */
export async function endRun(
  { store, queue, cancellations }: EndRunDependencies,
  runId: string,
): Promise<void> {
  await store.runs.requestCancel(runId);
  await cancellations.publish(runId);
  // Nobody handles a run that waits, or is about to.
  await queue.wake(runId);
}
