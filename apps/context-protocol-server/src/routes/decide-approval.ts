import { type Approval, ApprovalId, DecideApprovalRequest } from "@mobile-ai-agent/contracts";
import type { ConversationStore, RunQueue, StoredApproval } from "@mobile-ai-agent/conversation-store";
import { contextHeaders, HttpProblem, parseBody, userOf } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler } from "express";
import type { TellUser } from "../tell-user.ts";

interface Dependencies {
  readonly store: ConversationStore;
  readonly queue: RunQueue;
  readonly tell: TellUser;
}

/**
 * POST /api/approvals/:approvalId: approves or refuses a call; its run goes on, and the user's devices are told. The same
 * decision again does no harm; 409 when it was decided otherwise, or is too late.
 */
export function decideApproval({ store, queue, tell }: Dependencies): RequestHandler {
  return async (request, response) => {
    const stored = await ownedApproval(store, request);
    const { decision } = parseBody(DecideApprovalRequest, request);
    const wanted = decision === "approve" ? "approved" : "refused";
    const isLate = Date.parse(stored.approval.expires_at) <= Date.now();
    const approval = await store.approvals.decide(stored, isLate ? "expired" : wanted);
    await queue.wake(approval.run_id, contextHeaders().traceparent);
    await tell(stored.userId, { name: "approval:decided", payload: approval });
    if (approval.status !== wanted) throw new HttpProblem(409, "Conflict", detailOf(approval));
    response.json(approval);
  };
}

function detailOf({ status }: Approval): string {
  return status === "expired"
    ? "nobody decided in time: the call was not made"
    : `the call was ${status} before`;
}

/** @throws HttpProblem 404 when there is none or it is another user's */
async function ownedApproval(store: ConversationStore, request: Request): Promise<StoredApproval> {
  const id = ApprovalId.safeParse(request.params.approvalId).data;
  const stored = id === undefined ? undefined : await store.approvals.get(id);
  if (stored?.userId !== userOf(request).sub)
    throw new HttpProblem(404, "Not Found", "there is no such approval");
  return stored;
}
