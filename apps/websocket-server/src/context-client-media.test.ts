import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { listen } from "@mobile-ai-agent/service-kit";
import { expect, it } from "vitest";
import { createContextClient } from "./context-client.ts";

it("passes on which picture a message shows", async () => {
  const received: unknown[] = [];
  const server = await listen(
    createServer(async (request, response) => {
      received.push(await json(request));
      response.writeHead(404).end("{}");
    }),
    0,
  );
  try {
    const client = createContextClient(`http://127.0.0.1:${server.port}`);
    const ids = {
      clientMessageId: "message-1",
      sessionId: "3f0c7d5e-7a52-4d0e-9d3c-0d8a5f1f6b11",
      mediaId: "9a1b6a0c-52f5-4b1f-8a65-5b0f4b0f9c22",
    };
    const sent = client.createMessage("token", { ...ids, type: "image", content: "" }, "socket");
    await expect(sent).rejects.toMatchObject({ code: "not_found" });
    const { clientMessageId: client_message_id, mediaId: media_id } = ids;
    expect(received).toEqual([{ type: "image", content: "", client_message_id, media_id }]);
  } finally {
    await server.close();
  }
});
