export { MAX_CONTEXT_BYTES, type OwnedSession } from "./contexts.ts";
export { type ConversationStore, createConversationStore } from "./conversation-store.ts";
export type { Superseding } from "./message-changes.ts";
export { createRunCancellations, type RunCancellations } from "./run-cancellations.ts";
export { createRunLog, RUN_LOG_KEEP_MS, type RunLog } from "./run-log.ts";
export { createRunQueue, type RunQueue } from "./run-queue.ts";
export type { Run, RunStep } from "./runs.ts";
export { titleOf } from "./session-title.ts";
export { createUserEvents, type UserEvents } from "./user-events.ts";
