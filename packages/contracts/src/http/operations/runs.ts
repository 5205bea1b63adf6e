import { Run } from "../../runs.ts";
import { Approval, ApprovalList, DecideApprovalRequest } from "../approvals.ts";
import { Usage } from "../usage.ts";
import type { Operations } from "./operation.ts";

export const runOperations: Operations = {
  getRun: {
    method: "get",
    path: "/api/run/{runId}",
    summary: "The state of one of the caller's runs.",
    access: "user",
    success: { status: 200, schema: Run },
  },
  cancelRun: {
    method: "post",
    path: "/api/run/{runId}/cancel",
    summary: "Ask for a run's end. A run that has ended stays as it is; asking again does no harm.",
    access: "user",
    success: { status: 200, schema: Run },
  },
  listApprovals: {
    method: "get",
    path: "/api/approvals",
    summary: "The calls of tools that wait for the caller to approve them, at most 100.",
    access: "user",
    success: { status: 200, schema: ApprovalList },
  },
  decideApproval: {
    method: "post",
    path: "/api/approvals/{approvalId}",
    summary: "Approve or refuse a call, once. Its run goes on.",
    access: "user",
    body: DecideApprovalRequest,
    success: { status: 200, schema: Approval },
    problems: [409],
  },
  getUsage: {
    method: "get",
    path: "/api/usage",
    summary: "The tokens that the caller has used today, and the limit.",
    access: "user",
    success: { status: 200, schema: Usage },
  },
};
