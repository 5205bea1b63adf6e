import { Message, SessionId } from "@mobile-ai-agent/contracts";
import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Caller } from "../caller.ts";
import { requireSession, sheltered } from "../faults.ts";
import { structured } from "../structured.ts";

const Input = z.strictObject({
  session_id: SessionId,
  query: z.string().min(1).max(200).describe("text that the messages contain, in any case"),
  limit: z.int().min(1).max(50).default(20),
});

/** Tool `search_messages`: a session's messages that contain a text, the latest first. */
export function registerSearchMessages(server: McpServer, caller: Caller): void {
  server.registerTool(
    "search_messages",
    {
      title: "Search a session's messages",
      description:
        "Messages of a session, the user's and the agent's, that contain a text; the latest first.",
      inputSchema: Input,
      outputSchema: z.strictObject({ messages: z.array(Message) }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    sheltered(caller, async ({ session_id, query, limit }: z.infer<typeof Input>) => {
      await requireSession(caller, session_id);
      return structured({ messages: await caller.store.messages.search(session_id, { text: query, limit }) });
    }),
  );
}
