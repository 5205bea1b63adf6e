import { z } from "zod";
import { Approval, ApprovalId, Decision } from "./http/approvals.ts";
import { Change } from "./http/changes.ts";
import { MediaId } from "./http/media.ts";
import { ClientMessageId, isWhole, Message, MessageType, NOT_WHOLE } from "./http/messages.ts";
import { Session, SessionId } from "./http/sessions.ts";
import type { RunEvent } from "./runs.ts";

/** Path of the Socket.IO endpoint. Only the WebSocket transport is served, so that no affinity is needed. */
export const SOCKET_PATH = "/ws";

/**
 * Grows with a change that a client of before can't live with; events and optional fields may come without.
 * docs/socket-protocol.md says what each version is.
 */
export const PROTOCOL_VERSION = 1;
/** What the platform speaks: with a new version, the one before for as long as its apps are out there. */
export const SUPPORTED_PROTOCOL_VERSIONS: readonly number[] = [PROTOCOL_VERSION];

/** `auth` of the handshake. */
export const Handshake = z.object({
  token: z.string().describe("access token"),
  protocolVersion: z.int().positive().default(1).describe("of the client; the first ones gave none"),
});
export type Handshake = z.infer<typeof Handshake>;

/** Why a handshake is refused: the `message` of `connect_error`, whose `data` is a `HandshakeRefusal`. */
export const HandshakeRefusal = z.strictObject({
  code: z.enum(["unauthorized", "unsupported_version", "unavailable"]),
  message: z.string(),
  supportedVersions: z.array(z.int().positive()).optional().describe("with `unsupported_version`"),
});
export type HandshakeRefusal = z.infer<typeof HandshakeRefusal>;

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

/**
 * The events after `after` follow. When that is not what was asked for, the run's log was lost and begun anew: what the
 * device has of its text is void.
 */
export const RunSubscribed = z.strictObject({ runId: z.uuid(), after: z.int().nonnegative() });
export type RunSubscribed = z.infer<typeof RunSubscribed>;

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

/** To apply when the device has all changes before it; else it asks for those that it lacks. */
export const ConversationChanged = z.strictObject({ sessionId: SessionId, change: Change });
export type ConversationChanged = z.infer<typeof ConversationChanged>;

export const SessionDeleted = z.strictObject({ sessionId: SessionId });
export type SessionDeleted = z.infer<typeof SessionDeleted>;

export interface ClientToServerEvents {
  /** `conflict` when the client id is that of an edit or a regeneration: with the same id it never succeeds. */
  "message:send": (payload: SendMessage, ack: Ack<MessageAccepted>) => void;
  /** Asks for a run's end; it comes as the event `cancelled`, unless the run has ended by itself. */
  "run:cancel": (payload: CancelRun, ack: Ack<{ runId: string }>) => void;
  /** Approves or refuses a call, once: `conflict` when it was decided otherwise, or has expired. */
  "approval:decide": (payload: DecideApproval, ack: Ack<Approval>) => void;
  "run:subscribe": (payload: SubscribeRun, ack: Ack<RunSubscribed>) => void;
}

export interface ServerToClientEvents {
  /** The access token of this socket expires within a minute, or has. */
  "auth:expired": () => void;
  /** A message was edited, answered anew or deleted. */
  "conversation:changed": (event: ConversationChanged) => void;
  /** To every device of the user but the sender's. */
  "message:created": (event: MessageAccepted) => void;
  "run:event": (event: RunEvent) => void;
  /** To every device of the user. One that was not connected finds it by `GET /api/approvals`. */
  "approval:requested": (approval: Approval) => void;
  "approval:decided": (approval: Approval) => void;
  /** A session was begun or renamed. */
  "session:changed": (session: Session) => void;
  "session:deleted": (event: SessionDeleted) => void;
  /** Events may have been missed: ask for what is new. */
  "sync:needed": () => void;
}

/** What a change tells the user's devices: the payloads of those events, as one schema. */
export const UserEvent = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("approval:requested"), payload: Approval }),
  z.strictObject({ name: z.literal("approval:decided"), payload: Approval }),
  z.strictObject({ name: z.literal("conversation:changed"), payload: ConversationChanged }),
  z.strictObject({ name: z.literal("message:created"), payload: MessageAccepted }),
  z.strictObject({ name: z.literal("session:changed"), payload: Session }),
  z.strictObject({ name: z.literal("session:deleted"), payload: SessionDeleted }),
]);
export type UserEvent = z.infer<typeof UserEvent>;
