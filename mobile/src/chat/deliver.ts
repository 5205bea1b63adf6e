import type { MessageAccepted, SocketError } from "@mobile-ai-agent/contracts";
import type { Requests } from "../api/requests.ts";
import type { ApiProblem } from "../api/result.ts";
import type { Delivery, OutboxItem } from "../outbox/outbox-item.ts";
import type { OutboxStore } from "../outbox/outbox-store.ts";
import type { ChatSocket } from "./socket.ts";

const ACK_MS = 15_000;
const PAUSE_S = 5;

interface Dependencies {
  readonly requests: Pick<Requests, "uploadMedia">;
  readonly socket: ChatSocket;
  readonly store: Pick<OutboxStore, "picture">;
  readonly onAccepted: (accepted: MessageAccepted) => void;
}

/** One try to bring a message to the platform: its picture first, which is not uploaded again at the next try. */
export function deliverWith({ requests, socket, store, onAccepted }: Dependencies) {
  return async (item: OutboxItem, keep: (item: OutboxItem) => Promise<void>): Promise<Delivery> => {
    if (!socket.connected) return { kind: "later" };
    let { mediaId } = item;
    if (item.picture && mediaId === undefined) {
      const bytes = await store.picture(item.clientMessageId);
      if (!bytes)
        return { kind: "refused", detail: "The picture is no longer on this device. Send it again." };
      const uploaded = await requests.uploadMedia(bytes, item.picture.contentType);
      if (!uploaded.ok) return afterProblem(uploaded.problem);
      mediaId = uploaded.data.id;
      await keep({ ...item, mediaId });
    }
    const { clientMessageId, sessionId, type, content } = item;
    const message = { clientMessageId, sessionId, type, content, ...(mediaId && { mediaId }) };
    try {
      const answer = await socket.timeout(ACK_MS).emitWithAck("message:send", message);
      if (answer.error) return afterSocketError(answer.error);
      onAccepted(answer.data);
      return { kind: "accepted" };
    } catch {
      // No acknowledgement: it may have arrived, and the same id makes the next try harmless.
      return { kind: "later", afterSeconds: PAUSE_S };
    }
  };
}

function afterProblem({ reason, detail, retryAfterSeconds = PAUSE_S }: ApiProblem): Delivery {
  if (reason === "offline" || reason === "unavailable" || reason === "limited" || reason === "unauthorized")
    return { kind: "later", afterSeconds: retryAfterSeconds };
  return { kind: "refused", detail };
}

function afterSocketError({ code, message }: SocketError): Delivery {
  if (code === "invalid" || code === "not_found" || code === "conflict")
    return { kind: "refused", detail: message };
  return { kind: "later", afterSeconds: PAUSE_S };
}
