import type { Context, Message } from "@mobile-ai-agent/contracts";
import type { Run } from "@mobile-ai-agent/conversation-store";
import type { RunDependencies } from "./run-dependencies.ts";

/** What the model is shown besides instructions. */
interface Shown {
  readonly context: Context["context"];
  readonly conversation: readonly Message[];
}

/**
 * Whether the model of a run reads what its user didn't type: then others may speak through it. That is so when a tool has
 * been called, when the session has a context, which tools write too, when files are among the messages, and when an
 * earlier run of the session was tainted, whose answer the model is shown. A tainted run stays so, which is stored.
 */
export async function checkTaint(store: RunDependencies["store"], run: Run, shown: Shown): Promise<boolean> {
  if (run.tainted) return true;
  const isTainted =
    Object.keys(shown.context).length > 0 ||
    shown.conversation.some(({ type }) => type !== "text") ||
    (await store.runs.isSessionTainted(run.sessionId));
  if (isTainted) await store.runs.taint(run);
  return isTainted;
}
