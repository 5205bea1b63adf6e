import type { SocketError } from "@mobile-ai-agent/contracts";
import { expect, it } from "vitest";
import type { OutboxItem } from "../outbox/outbox-item.ts";
import { SESSION_ID } from "../testing/messages.ts";
import { deliverWith } from "./deliver.ts";
import type { ChatSocket } from "./socket.ts";

const ITEM: OutboxItem = {
  ...{ clientMessageId: "message-1", sessionId: SESSION_ID, type: "text", content: "hello" },
  ...{ createdAt: "2026-01-01T12:00:00.000Z", order: 1 },
};

/** What becomes of a message that the platform answers with an error. */
async function afterError(code: SocketError["code"]) {
  const error: SocketError = { code, message: "why" };
  const socket = { connected: true, timeout: () => ({ emitWithAck: async () => ({ error }) }) };
  const deliver = deliverWith({
    socket: socket as unknown as ChatSocket,
    requests: { uploadMedia: () => Promise.reject(new Error("there is no picture")) },
    store: { picture: async () => undefined },
    onAccepted: () => expect.fail("it was not accepted"),
  });
  return await deliver(ITEM, async () => {});
}

it.each(["invalid", "not_found", "conflict"] as const)("gives up what is refused as %s", async (code) => {
  expect(await afterError(code)).toEqual({ kind: "refused", detail: "why" });
});

it.each(["unauthorized", "limited", "unavailable"] as const)("tries again after %s", async (code) => {
  expect(await afterError(code)).toMatchObject({ kind: "later" });
});
