import { z } from "zod";
import { SessionId } from "./http/sessions.ts";

/** `waiting`: for its user to approve a call. */
export const RunStatus = z.enum(["queued", "running", "waiting", "completed", "failed", "cancelled"]);
export type RunStatus = z.infer<typeof RunStatus>;
export type EndedStatus = Extract<RunStatus, "completed" | "failed" | "cancelled">;

/** Whether nothing more comes of a run. */
export function hasEnded(status: RunStatus): status is EndedStatus {
  return status === "completed" || status === "failed" || status === "cancelled";
}

export const RunId = z.uuid();

/** Why a run failed, for programs. `budget_spent`: the user's tokens of the day are used up. */
export const FailureCode = z.enum(["interrupted", "unavailable", "too_long", "budget_spent"]);
export type FailureCode = z.infer<typeof FailureCode>;

const reason = z.string().describe("in words for the person who asked");

/** What the API tells of a run. */
export const Run = z.strictObject({
  id: RunId,
  session_id: SessionId,
  status: RunStatus,
  failure: z
    .strictObject({
      code: FailureCode,
      reason,
      available_at: z.iso.datetime().optional().describe("when it is worth trying again"),
    })
    .optional()
    .describe("of a run that failed"),
});
export type Run = z.infer<typeof Run>;

const position = { runId: z.uuid(), sequence: z.int().positive().describe("from 1, without gaps") };

/** One entry of a run's event log. A log ends with exactly one `completed`, `failed` or `cancelled`. */
export const RunEvent = z.discriminatedUnion("kind", [
  z.strictObject({ ...position, kind: z.literal("token"), text: z.string() }),
  z.strictObject({ ...position, kind: z.literal("completed"), messageId: z.uuid() }),
  z.strictObject({
    ...position,
    kind: z.literal("failed"),
    code: FailureCode,
    reason,
    availableAt: z.iso.datetime().optional().describe("when it is worth trying again"),
  }),
  z.strictObject({
    ...position,
    kind: z.literal("cancelled"),
    messageId: z.uuid().optional().describe("of the answer as far as it came; absent when there was none"),
  }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
