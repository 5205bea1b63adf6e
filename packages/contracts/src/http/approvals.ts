import { z } from "zod";
import { SessionId } from "./sessions.ts";

export const ApprovalId = z.uuid();

/** `outbound`: something leaves the platform, or can't be undone. */
export const RiskClass = z.enum(["read", "write", "outbound"]);
export type RiskClass = z.infer<typeof RiskClass>;

export const ApprovalStatus = z.enum(["pending", "approved", "refused", "expired"]);
export type ApprovalStatus = z.infer<typeof ApprovalStatus>;

/** A call of a tool that a run makes only when its user approves it. */
export const Approval = z.strictObject({
  id: ApprovalId,
  run_id: z.uuid().describe("the run that waits"),
  session_id: SessionId,
  server: z.string(),
  tool: z.string(),
  risk: RiskClass,
  tainted: z
    .boolean()
    .describe("whether the run has read what its user didn't write, and may be misled by it"),
  arguments: z.string().describe("JSON, exactly as the tool would get it"),
  status: ApprovalStatus,
  created_at: z.iso.datetime(),
  expires_at: z.iso.datetime().describe("when it counts as refused"),
});
export type Approval = z.infer<typeof Approval>;

export const ApprovalList = z.strictObject({ approvals: z.array(Approval) });
export type ApprovalList = z.infer<typeof ApprovalList>;

export const Decision = z.enum(["approve", "refuse"]);
export type Decision = z.infer<typeof Decision>;

export const DecideApprovalRequest = z.strictObject({ decision: Decision });
export type DecideApprovalRequest = z.infer<typeof DecideApprovalRequest>;
