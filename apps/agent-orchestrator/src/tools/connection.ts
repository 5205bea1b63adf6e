import { type Client, ProtocolError } from "@modelcontextprotocol/client";
import { type PinnedDefinition, pinnedOf } from "./tool.ts";

export const TIMEOUT_MS = 5000;
/** Of what the model is shown of one result, in characters: it has to leave room for the conversation. */
const MAX_RESULT = 8000;

/** @throws when the server can't be reached or refuses, or when aborted */
export async function listTools(client: Client, signal: AbortSignal): Promise<PinnedDefinition[]> {
  const { tools } = await client.listTools({}, { signal, timeout: TIMEOUT_MS });
  return tools.map(pinnedOf);
}

/**
 * @returns what the model is to be told: the result, or what is wrong with the call
 * @throws only when aborted
 */
export async function callTool(
  client: Client,
  call: { name: string; arguments: Record<string, unknown> },
  signal: AbortSignal,
): Promise<string> {
  try {
    const { content, isError } = await client.callTool(call, { signal, timeout: TIMEOUT_MS });
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

function shorten(text: string): string {
  return text.length <= MAX_RESULT ? text : `${text.slice(0, MAX_RESULT)}\n[the rest is left out]`;
}
