import { Context, SessionId, UpdateContextRequest } from "@mobile-ai-agent/contracts";
import { MAX_CONTEXT_BYTES } from "@mobile-ai-agent/conversation-store";
import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Caller } from "../caller.ts";
import { requireSession, sheltered, ToolFault } from "../faults.ts";
import { structured } from "../structured.ts";

const Input = z.strictObject({
  session_id: SessionId,
  patch: UpdateContextRequest.describe("merged key by key (RFC 7396); null removes a key"),
  expected_version: Context.shape.version
    .optional()
    .describe("change nothing if the context has another version by now"),
});

/** Tool `update_context`: merges a patch into a session's context (RFC 7396). */
export function registerUpdateContext(server: McpServer, caller: Caller): void {
  server.registerTool(
    "update_context",
    {
      title: "Update a session's context",
      description:
        "Merges a patch into what the agent should know about the user; gives the whole context back.",
      inputSchema: Input,
      outputSchema: Context,
      annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: false },
    },
    sheltered(caller, async ({ session_id, patch, expected_version }: z.infer<typeof Input>) => {
      await requireSession(caller, session_id);
      const result = await caller.store.contexts.update(
        { sessionId: session_id, userId: caller.userId },
        patch,
        expected_version,
      );
      if (result.outcome === "conflict") {
        throw new ToolFault("the context has another version by now; get it again and repeat the change");
      }
      if (result.outcome === "too_large") {
        throw new ToolFault(
          `a context may have ${MAX_CONTEXT_BYTES} bytes as JSON; remove something with null`,
        );
      }
      return structured(result.context);
    }),
  );
}
