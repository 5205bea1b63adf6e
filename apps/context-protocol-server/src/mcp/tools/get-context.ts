import { Context, SessionId } from "@mobile-ai-agent/contracts";
import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Caller } from "../caller.ts";
import { requireSession, sheltered } from "../faults.ts";
import { structured } from "../structured.ts";

/** Tool `get_context`: for clients whose model can call tools but not read resources. */
export function registerGetContext(server: McpServer, caller: Caller): void {
  server.registerTool(
    "get_context",
    {
      title: "Get a session's context",
      description: "What the agent should know about the user in this session, and the context's version.",
      inputSchema: z.strictObject({ session_id: SessionId }),
      outputSchema: Context,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    sheltered(caller, async ({ session_id }: { session_id: string }) => {
      await requireSession(caller, session_id);
      return structured(await caller.store.contexts.get({ sessionId: session_id, userId: caller.userId }));
    }),
  );
}
