import { McpServer } from "@modelcontextprotocol/server";
import type { Caller } from "./caller.ts";
import { registerSessionContexts } from "./session-contexts.ts";
import { registerGetContext } from "./tools/get-context.ts";
import { registerListSessions } from "./tools/list-sessions.ts";
import { registerSearchMessages } from "./tools/search-messages.ts";
import { registerUpdateContext } from "./tools/update-context.ts";

const INFO = { name: "context-protocol-server", title: "Mobile AI Agent contexts", version: "0.1.0" };

const INSTRUCTIONS =
  "A session is one conversation of the user. Its context is what the agent should know about the user there: read it " +
  "before you answer, and update it when the user says something worth keeping.";

/** The server of one request: made for its caller, and gone with it. */
export function createMcpServer(caller: Caller): McpServer {
  const server = new McpServer(INFO, {
    instructions: INSTRUCTIONS,
    // What would tell of changes is on another replica.
    capabilities: { tools: { listChanged: false }, resources: { listChanged: false, subscribe: false } },
  });
  registerSessionContexts(server, caller);
  registerListSessions(server, caller);
  registerGetContext(server, caller);
  registerUpdateContext(server, caller);
  registerSearchMessages(server, caller);
  return server;
}
