import { z } from "zod";

export const RunStatus = z.enum(["queued", "running", "completed", "failed"]);
export type RunStatus = z.infer<typeof RunStatus>;

const position = { runId: z.uuid(), sequence: z.int().positive().describe("from 1, without gaps") };

/** One entry of a run's event log. A log ends with exactly one `completed` or `failed`. */
export const RunEvent = z.discriminatedUnion("kind", [
  z.strictObject({ ...position, kind: z.literal("token"), text: z.string() }),
  z.strictObject({ ...position, kind: z.literal("completed"), messageId: z.uuid() }),
  z.strictObject({ ...position, kind: z.literal("failed"), reason: z.string() }),
]);
export type RunEvent = z.infer<typeof RunEvent>;
