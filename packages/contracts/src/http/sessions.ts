import { z } from "zod";

/** Any JSON value. */
export const Json = z.json();

export const SessionId = z.uuid();

/** Where a list goes on; its form is nobody's business but the platform's. */
export const Cursor = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, "as it was given out");

const SessionTitle = z.string().min(1).max(200);

export const CreateSessionRequest = z.strictObject({
  title: SessionTitle.optional().describe("without one, the session is called after its first message"),
  device_info: z.record(z.string().max(64), z.string().max(256)).optional(),
});
export type CreateSessionRequest = z.infer<typeof CreateSessionRequest>;

export const CreateSessionResponse = z.strictObject({
  session_id: SessionId,
  session_token: z.string().describe("shown once; a request that carries it as X-Session-Token must match"),
});
export type CreateSessionResponse = z.infer<typeof CreateSessionResponse>;

export const Session = z.strictObject({
  id: SessionId,
  title: z.string(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export type Session = z.infer<typeof Session>;

export const RenameSessionRequest = z.strictObject({ title: SessionTitle });
export type RenameSessionRequest = z.infer<typeof RenameSessionRequest>;

export const ListSessionsQuery = z.strictObject({
  after: Cursor.optional().describe("`next_after` of the page before"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const SessionList = z.strictObject({
  sessions: z.array(Session),
  next_after: Cursor.nullable().describe("pass as `after` for the next page; null at the end"),
});
export type SessionList = z.infer<typeof SessionList>;

/** Objects and arrays in each other. Who walks through JSON by recursion has only so much of a stack. */
export const MAX_CONTEXT_DEPTH = 32;

/** What the agent should know about the user; merged key by key, `null` removes a key (RFC 7396). */
export const UpdateContextRequest = z.preprocess(
  (value, context) => {
    if (!isDeeper(value, MAX_CONTEXT_DEPTH)) return value;
    context.addIssue({
      code: "custom",
      message: `may have ${MAX_CONTEXT_DEPTH} levels of objects and arrays`,
    });
    return z.NEVER;
  },
  z
    .record(z.string().min(1).max(128), Json)
    .describe(`up to ${MAX_CONTEXT_DEPTH} levels of objects and arrays`),
);
export type UpdateContextRequest = z.infer<typeof UpdateContextRequest>;

export const Context = z.strictObject({
  session_id: SessionId,
  version: z.int().nonnegative().describe("grows by one with each update; also the ETag"),
  context: z.record(z.string(), Json),
});
export type Context = z.infer<typeof Context>;

/** By levels, not by recursion. */
function isDeeper(value: unknown, levels: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= levels; depth++) {
    const containers = level.filter((one) => typeof one === "object" && one !== null);
    if (containers.length === 0) return false;
    level = containers.flatMap((container) => Object.values(container));
  }
  return true;
}
