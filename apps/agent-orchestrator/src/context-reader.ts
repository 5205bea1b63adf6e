import { Context } from "@mobile-ai-agent/contracts";
import type { Run } from "@mobile-ai-agent/conversation-store";
import { signRunToken } from "@mobile-ai-agent/service-kit";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

const INFO = { name: "agent-orchestrator", version: "0.1.0" };
const TIMEOUT_MS = 5000;

/** @throws when context-protocol-server can't be reached or refuses, or when aborted */
export type ContextReader = (run: Run, signal: AbortSignal) => Promise<Context["context"]>;

/**
 * Reads what the agent should know in a run's session, over MCP (revision 2026-07-28), with a token for this run alone.
 *
 * @param options.baseUrl of context-protocol-server
 * @param options.runTokenKey shared with it
 */
export function createContextReader(options: { baseUrl: string; runTokenKey: string }): ContextReader {
  const endpoint = new URL("/mcp", options.baseUrl);
  return async (run, signal) => {
    const client = new Client(INFO, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
    const authorization = `Bearer ${signRunToken(options.runTokenKey, run.id)}`;
    const transport = new StreamableHTTPClientTransport(endpoint, {
      requestInit: { headers: { authorization } },
    });
    const request = { signal, timeout: TIMEOUT_MS };
    try {
      await client.connect(transport, request);
      const { contents } = await client.readResource({ uri: `context://sessions/${run.sessionId}` }, request);
      const [content] = contents;
      if (content === undefined || !("text" in content)) throw new Error("the context has no text");
      return Context.parse(JSON.parse(content.text)).context;
    } finally {
      await client.close();
    }
  };
}
