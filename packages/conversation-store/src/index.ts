export type { NewApproval, StoredApproval } from "./approvals.ts";
export { MAX_CONTEXT_BYTES } from "./contexts.ts";
export { type ConversationStore, createConversationStore } from "./conversation-store.ts";
export { createRunCancellations, type RunCancellations } from "./run-cancellations.ts";
export { createRunLog, type RunLog } from "./run-log.ts";
export { createRunQueue, type RunQueue } from "./run-queue.ts";
export type { OpenStep, Run, RunFailure, RunStep } from "./runs.ts";
export { createTokenBudget, type Reservation, type TokenBudget } from "./token-budget.ts";
export { createUserEvents, type UserEvent, type UserEvents } from "./user-events.ts";
