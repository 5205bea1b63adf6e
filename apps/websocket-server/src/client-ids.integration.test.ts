import { randomUUID } from "node:crypto";
import { CreateSessionResponse, type MessageAccepted } from "@mobile-ai-agent/contracts";
import { expect, it } from "vitest";
import { startSockets } from "./testing/start-sockets.ts";

it("refuses a message under the client id of an edit as a conflict, which no resend mends", async () => {
  const platform = await startSockets();
  try {
    const token = platform.tokenOf();
    const device = await platform.connect(0, token);
    const created = await platform.call(token, "POST", "/api/session/create", {});
    const { session_id: sessionId } = CreateSessionResponse.parse(created);
    const path = `/api/message/${sessionId}`;
    const { message } = (await platform.call(token, "POST", path, { content: "one" })) as MessageAccepted;
    const clientMessageId = randomUUID();
    const edit = { content: "one, edited", client_message_id: clientMessageId, after: 1 };
    await platform.call(token, "POST", `${path}/${message.id}/edit`, edit);
    const sent = { sessionId, clientMessageId, type: "text", content: "two" } as const;
    const { error } = await device.timeout(20_000).emitWithAck("message:send", sent);
    expect(error).toEqual({ code: "conflict", message: expect.stringContaining("something else") });
  } finally {
    await platform.stop();
  }
});
