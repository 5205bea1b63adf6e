import type {
  ConversationStore,
  RunCancellations,
  RunQueue,
  TokenBudget,
  UserEvents,
} from "@mobile-ai-agent/conversation-store";
import express, { type Express, type RequestHandler, Router } from "express";
import type { MediaCheck } from "../media-check.ts";
import { cancelRun } from "./cancel-run.ts";
import { createMessage } from "./create-message.ts";
import { createSession } from "./create-session.ts";
import { decideApproval } from "./decide-approval.ts";
import { getContext } from "./get-context.ts";
import { getRun } from "./get-run.ts";
import { getSession } from "./get-session.ts";
import { getUsage } from "./get-usage.ts";
import { listApprovals } from "./list-approvals.ts";
import { listMessages } from "./list-messages.ts";
import { listSessions } from "./list-sessions.ts";
import { updateContext } from "./update-context.ts";

export interface RouteDependencies {
  readonly store: ConversationStore;
  readonly budget: TokenBudget;
  readonly queue: RunQueue;
  readonly cancellations: RunCancellations;
  readonly events: UserEvents;
  readonly checkMedia: MediaCheck;
  readonly authenticate: RequestHandler;
}

/**
 * Every route is behind `authenticate`. What belongs to another user answers 404, as if it were not there.
 */
export function mountRoutes(dependencies: RouteDependencies): (app: Express) => void {
  const { store, budget, queue, cancellations, events, checkMedia, authenticate } = dependencies;
  const api = Router();
  api.use(authenticate, express.json({ limit: "100kb" }));
  api.post("/session/create", createSession(store));
  api.get("/session", listSessions(store));
  api.get("/session/:sessionId", getSession(store));
  api.get("/context/:sessionId", getContext(store));
  api.patch("/context/:sessionId", updateContext(store));
  api.post("/context/:sessionId/update", updateContext(store));
  api.post("/message/:sessionId", createMessage(store, queue, checkMedia));
  api.get("/message/:sessionId", listMessages(store));
  api.get("/run/:runId", getRun(store));
  api.post("/run/:runId/cancel", cancelRun({ store, queue, cancellations }));
  api.get("/approvals", listApprovals(store));
  api.post("/approvals/:approvalId", decideApproval({ store, queue, events }));
  api.get("/usage", getUsage(budget));
  return (app) => app.use("/api", api);
}
