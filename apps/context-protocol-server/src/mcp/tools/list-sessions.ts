import { Session } from "@mobile-ai-agent/contracts";
import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import { type Caller, sessionsOf } from "../caller.ts";
import { sheltered } from "../faults.ts";
import { structured } from "../structured.ts";

/** Tool `list_sessions`: the caller's sessions, the last used first, at most 100. */
export function registerListSessions(server: McpServer, caller: Caller): void {
  server.registerTool(
    "list_sessions",
    {
      title: "List sessions",
      description: "The user's conversations, the last used first, at most 100.",
      outputSchema: z.strictObject({ sessions: z.array(Session) }),
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    sheltered(caller, async () => structured({ sessions: await sessionsOf(caller) })),
  );
}
