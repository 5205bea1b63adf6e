import type { ApprovalList } from "@mobile-ai-agent/contracts";
import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";

/** GET /api/approvals: the calls that wait for the caller to approve them. */
export function listApprovals(store: ConversationStore): RequestHandler {
  return async (request, response) => {
    const body: ApprovalList = { approvals: await store.approvals.pendingOf(userOf(request).sub) };
    response.set("Cache-Control", "no-store").json(body);
  };
}
