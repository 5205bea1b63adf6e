import { Context } from "@mobile-ai-agent/contracts";
import type { Run } from "@mobile-ai-agent/conversation-store";
import { contextHeaders, type Logger, signRunToken } from "@mobile-ai-agent/service-kit";
import { Client, type FetchLike, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { classOf } from "./tools/classify.ts";
import { callTool, listTools, TIMEOUT_MS } from "./tools/connection.ts";
import type { ToolPins } from "./tools/pins.ts";
import { RELEASED_HASHES } from "./tools/released.ts";
import { hashOf, type PinnedDefinition, TOOL_NAME, type Tool, type ToolDefinition } from "./tools/tool.ts";
import { PLATFORM, type ToolServer } from "./tools/tool-servers.ts";

const INFO = { name: "agent-orchestrator", version: "0.1.0" };

/** The tools of one run, over a connection to each server. */
export interface RunTools {
  /** What the agent should know in the run's session. */
  readonly context: Context["context"];
  /** What the model is offered; empty for one that can't call tools. */
  readonly definitions: readonly ToolDefinition[];
  /** @param name as the model calls it */
  find(name: string): Tool | undefined;
  /**
   * @returns what the model is to be told: the result, or what is wrong with the call
   * @throws only when aborted
   */
  call(tool: Tool, input: Record<string, unknown>, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** @throws when context-protocol-server can't be reached or refuses, or when aborted */
export type OpenRunTools = (run: Run, signal: AbortSignal) => Promise<RunTools>;

export interface RunToolsOptions {
  /** Of context-protocol-server. */
  readonly baseUrl: string;
  /** Shared with it. */
  readonly runTokenKey: string;
  /** Without it, tools are not even listed. */
  readonly modelCallsTools: boolean;
  /** Others whose tools runs may use. One that can't be reached offers none. */
  readonly servers: readonly ToolServer[];
  readonly pins: ToolPins;
  readonly logger: Logger;
}

/**
 * Connects a run to the tools and the context of its session over MCP (revision 2026-07-28), and to other servers as far
 * as their tools' definitions are pinned. Each request to the platform's own carries a new token for this run alone;
 * other servers are told nothing of the run.
 */
export function connectRunTools(options: RunToolsOptions): OpenRunTools {
  const { runTokenKey, modelCallsTools, servers, pins, logger } = options;
  const endpoint = new URL("/mcp", options.baseUrl);
  return async (run, signal) => {
    const open = new AsyncDisposableStack();
    const clients = new Map<string, Client>();
    const tools = new Map<string, Tool>();

    async function connect(server: Omit<ToolServer, "url">, client: Client, transport: Transport) {
      await client.connect(transport, { signal, timeout: TIMEOUT_MS });
      open.defer(() => client.close());
      clients.set(server.name, client);
    }

    async function offer(server: Omit<ToolServer, "url">, released?: ReadonlySet<string>) {
      const listed = await listTools(clients.get(server.name) as Client, signal);
      for (const definition of await pins.admit(server.name, listed, released)) {
        const tool = toTool(server, definition);
        if (TOOL_NAME.test(tool.definition.name)) tools.set(tool.definition.name, tool);
      }
    }

    async function meet(server: ToolServer) {
      try {
        await connect(server, new Client(INFO), new StreamableHTTPClientTransport(new URL(server.url)));
        await offer(server);
      } catch (error) {
        signal.throwIfAborted();
        logger.warn("a tool server can't be reached; the run goes on without", {
          server: server.name,
          error,
        });
      }
    }

    try {
      const client = new Client(INFO, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
      const fetch = fetchAs(() => signRunToken(runTokenKey, run.id));
      await connect(PLATFORM, client, new StreamableHTTPClientTransport(endpoint, { fetch }));
      const [context] = await Promise.all([
        readContext(client, run.sessionId, signal),
        ...(modelCallsTools ? [offer(PLATFORM, RELEASED_HASHES), ...servers.map(meet)] : []),
      ]);
      return {
        context,
        definitions: [...tools.values()].map(({ definition }) => definition),
        find: (name) => tools.get(name),
        call: ({ server, tool, risk }, input, callSignal) =>
          callTool(clients.get(server) as Client, { name: tool, arguments: input, risk }, callSignal),
        close: () => open.disposeAsync(),
      };
    } catch (error) {
      await open.disposeAsync();
      throw error;
    }
  };
}

type Transport = StreamableHTTPClientTransport;

function toTool(server: Omit<ToolServer, "url">, pinned: PinnedDefinition): Tool {
  const { name, description = "", inputSchema } = pinned;
  return {
    ...{ server: server.name, tool: name, hash: hashOf(pinned), risk: classOf(server, pinned) },
    isInside: server.inside,
    definition: {
      name: server.name === PLATFORM.name ? name : `${server.name}__${name}`,
      ...{ description, parameters: inputSchema },
    },
  };
}

function fetchAs(newToken: () => string): FetchLike {
  return (url, init) => {
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${newToken()}`);
    for (const [name, value] of Object.entries(contextHeaders())) headers.set(name, value);
    return fetch(url, { ...init, headers });
  };
}

async function readContext(client: Client, sessionId: string, signal: AbortSignal) {
  const uri = `context://sessions/${sessionId}`;
  const { contents } = await client.readResource({ uri }, { signal, timeout: TIMEOUT_MS });
  const [content] = contents;
  if (content === undefined || !("text" in content)) throw new Error("the context has no text");
  return Context.parse(JSON.parse(content.text)).context;
}
