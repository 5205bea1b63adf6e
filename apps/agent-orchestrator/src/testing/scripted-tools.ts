import { createServer } from "node:http";
import { listen } from "@mobile-ai-agent/service-kit";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";

interface ScriptedTool {
  readonly description?: string;
  readonly annotations?: { readOnlyHint?: boolean; openWorldHint?: boolean };
  /** What it answers. */
  readonly reply?: (input: Record<string, unknown>) => string | Promise<string>;
}

/** A test double of an MCP server of somebody else's: it has the tools that it was given, and notes what it is told. */
export interface ScriptedTools {
  readonly url: string;
  readonly calls: { readonly tool: string; readonly input: Record<string, unknown> }[];
  /** From now on, in place of those before. */
  script(tools: Readonly<Record<string, ScriptedTool>>): void;
  close(): Promise<void>;
}

export async function startScriptedTools(): Promise<ScriptedTools> {
  const calls: { tool: string; input: Record<string, unknown> }[] = [];
  let tools: Readonly<Record<string, ScriptedTool>> = {};
  const handler = createMcpHandler(
    () => {
      const server = new McpServer({ name: "scripted", version: "1" });
      for (const [tool, { description = tool, annotations, reply = () => "done" }] of Object.entries(tools)) {
        const inputSchema = z.record(z.string(), z.string());
        server.registerTool(
          tool,
          { description, inputSchema, ...(annotations && { annotations }) },
          async (input) => {
            calls.push({ tool, input });
            return { content: [{ type: "text", text: await reply(input) }] };
          },
        );
      }
      return server;
    },
    { legacy: "stateless", maxSubscriptions: 0 },
  );
  const serve = toNodeHandler(handler);
  const server = createServer((request, response) => void serve(request, response));
  const { port, close } = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    calls,
    script(next) {
      tools = next;
      calls.length = 0;
    },
    async close() {
      server.closeAllConnections();
      await handler.close();
      await close();
    },
  };
}
