import type { CallToolResult } from "@modelcontextprotocol/server";

/** A tool's result as data, and as the same JSON in text for clients that read only that (MCP, "Structured Content"). */
export function structured(value: object): CallToolResult {
  return { content: [{ type: "text", text: JSON.stringify(value) }], structuredContent: { ...value } };
}
