export { MAX_CONTEXT_BYTES, type OwnedSession } from "./contexts.ts";
export { type ConversationStore, createConversationStore } from "./conversation-store.ts";
export { createRunCancellations, type RunCancellations } from "./run-cancellations.ts";
export { createRunLog, type RunLog } from "./run-log.ts";
export { createRunQueue, type RunQueue } from "./run-queue.ts";
export type { Run, RunStep } from "./runs.ts";
