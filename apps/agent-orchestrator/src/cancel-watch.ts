import type { ConversationStore, RunCancellations } from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";

/** Watches over the runs that this process handles. */
export interface CancelWatch {
  /**
   * Watch before the run is read: what was asked for earlier is in its document. `end` it when the run is handled.
   *
   * @returns a signal that is aborted when the run's user asks for its end
   */
  watch(runId: string): { readonly signal: AbortSignal; end(): void };
  close(): void;
}

export async function openCancelWatch(
  store: ConversationStore,
  cancellations: RunCancellations,
  logger: Logger,
): Promise<CancelWatch> {
  const watched = new Map<string, AbortController>();
  const cancel = (runId: string) => watched.get(runId)?.abort(new Error("the user cancelled the run"));
  const lookUp = async () => {
    for (const runId of [...watched.keys()]) {
      if ((await store.runs.get(runId))?.cancelRequested) cancel(runId);
    }
  };
  const close = await cancellations.subscribe(cancel, () => {
    lookUp().catch((error) => logger.warn("cancelled runs could not be looked up", { error }));
  });
  return {
    watch(runId) {
      const controller = new AbortController();
      watched.set(runId, controller);
      return {
        signal: controller.signal,
        end() {
          if (watched.get(runId) === controller) watched.delete(runId);
        },
      };
    },
    close,
  };
}
