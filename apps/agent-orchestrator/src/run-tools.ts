import { Context } from "@mobile-ai-agent/contracts";
import type { Run } from "@mobile-ai-agent/conversation-store";
import { contextHeaders, signRunToken } from "@mobile-ai-agent/service-kit";
import {
  Client,
  type FetchLike,
  ProtocolError,
  StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";

const INFO = { name: "agent-orchestrator", version: "0.1.0" };
const TIMEOUT_MS = 5000;
/** Of what the model is shown of one result, in characters: it has to leave room for the conversation. */
const MAX_RESULT = 8000;

export interface ToolDefinition {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What the model asks to be done. `arguments` is JSON, as the model wrote it: possibly malformed. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** The tools of one run, over one MCP connection. */
export interface RunTools {
  /** What the agent should know in the run's session. */
  readonly context: Context["context"];
  /** Empty for a model that can't call tools. */
  readonly definitions: readonly ToolDefinition[];
  /**
   * @returns what the model is to be told: the result, or what is wrong with the call
   * @throws only when aborted
   */
  call(call: ToolCall, signal: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** @throws when context-protocol-server can't be reached or refuses, or when aborted */
export type OpenRunTools = (run: Run, signal: AbortSignal) => Promise<RunTools>;

/**
 * Connects a run to the tools and the context of its session over MCP (revision 2026-07-28). Each request carries a new
 * token for this run alone.
 *
 * @param options.baseUrl of context-protocol-server
 * @param options.runTokenKey shared with it
 * @param options.modelCallsTools without it, tools are not even listed
 */
export function connectRunTools(options: {
  baseUrl: string;
  runTokenKey: string;
  modelCallsTools: boolean;
}): OpenRunTools {
  const endpoint = new URL("/mcp", options.baseUrl);
  return async (run, signal) => {
    const client = new Client(INFO, { versionNegotiation: { mode: { pin: "2026-07-28" } } });
    const fetch = fetchAs(() => signRunToken(options.runTokenKey, run.id));
    const request = { signal, timeout: TIMEOUT_MS };
    try {
      await client.connect(new StreamableHTTPClientTransport(endpoint, { fetch }), request);
      const [context, definitions] = await Promise.all([
        readContext(client, run.sessionId, request),
        options.modelCallsTools ? listTools(client, request) : [],
      ]);
      return {
        context,
        definitions,
        call: (call, callSignal) => callTool(client, call, callSignal),
        close: () => client.close(),
      };
    } catch (error) {
      await client.close();
      throw error;
    }
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

type RequestLimits = { signal: AbortSignal; timeout: number };

async function readContext(client: Client, sessionId: string, limits: RequestLimits) {
  const { contents } = await client.readResource({ uri: `context://sessions/${sessionId}` }, limits);
  const [content] = contents;
  if (content === undefined || !("text" in content)) throw new Error("the context has no text");
  return Context.parse(JSON.parse(content.text)).context;
}

async function listTools(client: Client, limits: RequestLimits): Promise<ToolDefinition[]> {
  const { tools } = await client.listTools({}, limits);
  return tools.map(({ name, description = "", inputSchema }) => ({
    name,
    description,
    parameters: inputSchema,
  }));
}

async function callTool(client: Client, call: ToolCall, signal: AbortSignal): Promise<string> {
  const input = parseArguments(call.arguments);
  if (input === undefined) return "error: the arguments are not a JSON object";
  try {
    const { content, isError } = await client.callTool(
      { name: call.name, arguments: input },
      { signal, timeout: TIMEOUT_MS },
    );
    const text = content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
    return shorten(isError ? `error: ${text}` : text);
  } catch (error) {
    signal.throwIfAborted();
    // A protocol error is about the call: no such tool, arguments of another form. Others are not the model's business.
    return shorten(
      error instanceof ProtocolError ? `error: ${error.message}` : "error: the tool can't be reached now",
    );
  }
}

function parseArguments(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text || "{}");
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  return text.length <= MAX_RESULT ? text : `${text.slice(0, MAX_RESULT)}\n[the rest is left out]`;
}
