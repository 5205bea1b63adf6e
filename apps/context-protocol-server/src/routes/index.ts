import type {
  ConversationStore,
  RunCancellations,
  RunLog,
  RunQueue,
  TokenBudget,
} from "@mobile-ai-agent/conversation-store";
import type { Logger } from "@mobile-ai-agent/service-kit";
import express, { type Express, type RequestHandler, Router } from "express";
import type { ExportSources } from "../export/sources.ts";
import type { MediaCheck } from "../media-check.ts";
import type { TellUser } from "../tell-user.ts";
import { cancelRun } from "./cancel-run.ts";
import { createMessage } from "./create-message.ts";
import { createSession } from "./create-session.ts";
import { decideApproval } from "./decide-approval.ts";
import { deleteMessage } from "./delete-message.ts";
import { deleteSession } from "./delete-session.ts";
import { editMessage } from "./edit-message.ts";
import { exportMe } from "./export-me.ts";
import { getContext } from "./get-context.ts";
import { getRun } from "./get-run.ts";
import { getSession } from "./get-session.ts";
import { getUsage } from "./get-usage.ts";
import { listApprovals } from "./list-approvals.ts";
import { listChanges } from "./list-changes.ts";
import { listMessages } from "./list-messages.ts";
import { listSessions } from "./list-sessions.ts";
import { listVersions } from "./list-versions.ts";
import { regenerateAnswer } from "./regenerate-answer.ts";
import { renameSession } from "./rename-session.ts";
import { searchMessages } from "./search-messages.ts";
import { updateContext } from "./update-context.ts";

export interface RouteDependencies {
  readonly store: ConversationStore;
  readonly budget: TokenBudget;
  readonly queue: RunQueue;
  readonly cancellations: RunCancellations;
  readonly runLog: RunLog;
  readonly checkMedia: MediaCheck;
  readonly exportSources: ExportSources;
  readonly tell: TellUser;
  readonly logger: Logger;
  readonly authenticate: RequestHandler;
}

/**
 * Every route is behind `authenticate`. What belongs to another user answers 404, as if it were not there.
 */
export function mountRoutes(dependencies: RouteDependencies): (app: Express) => void {
  const { store, budget, queue, cancellations, tell, authenticate } = dependencies;
  const api = Router();
  api.use(authenticate, express.json({ limit: "100kb" }));
  api.get("/users/me/export", exportMe(dependencies));
  api.post("/session/create", createSession(store, tell));
  api.get("/session", listSessions(store));
  api.get("/session/:sessionId", getSession(store));
  api.patch("/session/:sessionId", renameSession(store, tell));
  api.delete("/session/:sessionId", deleteSession(dependencies));
  api.get("/context/:sessionId", getContext(store));
  api.patch("/context/:sessionId", updateContext(store));
  api.post("/context/:sessionId/update", updateContext(store));
  api.post("/message/:sessionId", createMessage(dependencies));
  api.get("/message/:sessionId", listMessages(store));
  api.get("/message/:sessionId/changes", listChanges(store));
  api.post("/message/:sessionId/:messageId/edit", editMessage(dependencies));
  api.post("/message/:sessionId/:messageId/regenerate", regenerateAnswer(dependencies));
  api.delete("/message/:sessionId/:messageId", deleteMessage(dependencies));
  api.get("/message/:sessionId/:messageId/versions", listVersions(store));
  api.get("/messages/search", searchMessages(store));
  api.get("/run/:runId", getRun(store));
  api.post("/run/:runId/cancel", cancelRun({ store, queue, cancellations }));
  api.get("/approvals", listApprovals(store));
  api.post("/approvals/:approvalId", decideApproval({ store, queue, tell }));
  api.get("/usage", getUsage(budget));
  return (app) => app.use("/api", api);
}
