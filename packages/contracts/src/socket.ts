import { z } from "zod";
import { type Approval, ApprovalId, Decision } from "./http/approvals.ts";
import { MediaId } from "./http/media.ts";
import { ClientMessageId, isWhole, Message, MessageType, NOT_WHOLE } from "./http/messages.ts";
import { SessionId } from "./http/sessions.ts";
import type { RunEvent } from "./runs.ts";

/** Path of the Socket.IO endpoint. Only the WebSocket transport is served, so that no affinity is needed. */
export const SOCKET_PATH = "/ws";

export const SendMessage = z
  .strictObject({
    clientMessageId: ClientMessageId,
    sessionId: SessionId,
    type: MessageType,
    content: z.string().max(4000),
    mediaId: MediaId.optional(),
  })
  .refine(({ type, content, mediaId }) => isWhole({ type, content, media_id: mediaId }), NOT_WHOLE);
export type SendMessage = z.infer<typeof SendMessage>;

/** `after` is the last sequence number the device has; 0 for the whole run. */
export const SubscribeRun = z.strictObject({ runId: z.uuid(), after: z.int().nonnegative() });
export type SubscribeRun = z.infer<typeof SubscribeRun>;

export const CancelRun = z.strictObject({ runId: z.uuid() });
export type CancelRun = z.infer<typeof CancelRun>;

export const DecideApproval = z.strictObject({ approvalId: ApprovalId, decision: Decision });
export type DecideApproval = z.infer<typeof DecideApproval>;

export const SocketError = z.strictObject({
  code: z.enum(["invalid", "unauthorized", "not_found", "conflict", "limited", "unavailable"]),
  message: z.string(),
});
export type SocketError = z.infer<typeof SocketError>;

/** Every acknowledgement has exactly one of `data` and `error`. */
export type Ack<T> = (reply: { data: T; error?: never } | { data?: never; error: SocketError }) => void;

export const MessageAccepted = z.strictObject({ message: Message, runId: z.uuid() });
export type MessageAccepted = z.infer<typeof MessageAccepted>;

export interface ClientToServerEvents {
  "message:send": (payload: SendMessage, ack: Ack<MessageAccepted>) => void;
  "run:subscribe": (payload: SubscribeRun, ack: Ack<{ runId: string }>) => void;
  /** Asks for a run's end; it comes as the event `cancelled`, unless the run has ended by itself. */
  "run:cancel": (payload: CancelRun, ack: Ack<{ runId: string }>) => void;
  /** Approves or refuses a call, once: `conflict` when it was decided otherwise, or has expired. */
  "approval:decide": (payload: DecideApproval, ack: Ack<Approval>) => void;
}

export interface ServerToClientEvents {
  /** To every device of the user but the sender's. */
  "message:created": (event: MessageAccepted) => void;
  "run:event": (event: RunEvent) => void;
  /** To every device of the user. One that was not connected finds it by `GET /api/approvals`. */
  "approval:requested": (approval: Approval) => void;
  "approval:decided": (approval: Approval) => void;
  /** The access token of this socket expires within a minute, or has. */
  "auth:expired": () => void;
}
