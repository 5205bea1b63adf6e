import type { RiskClass } from "@mobile-ai-agent/contracts";
import { type Client, ProtocolError } from "@modelcontextprotocol/client";
import { type PinnedDefinition, pinnedOf } from "./tool.ts";

export const TIMEOUT_MS = 5000;
/** Of what the model is shown of one result, in characters: it has to leave room for the conversation. */
const MAX_RESULT = 8000;

const UNREACHABLE = "error: the tool can't be reached now";
/** Of a call that was sent, or may have been, and whose effect nobody knows: twice would be worse than not at all. */
export const UNSURE =
  "error: it is not known whether this call was made; don't repeat it, and tell the user so";

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
  { risk, ...call }: { name: string; arguments: Record<string, unknown>; risk: RiskClass },
  signal: AbortSignal,
): Promise<string> {
  try {
    const { content, isError } = await client.callTool(call, { signal, timeout: TIMEOUT_MS });
    const text = content.map((part) => (part.type === "text" ? part.text : `[${part.type}]`)).join("\n");
    return shorten(isError ? `error: ${text}` : text);
  } catch (error) {
    signal.throwIfAborted();
    // About the call: no such tool, arguments of another form. What else went wrong is not the model's business.
    if (error instanceof ProtocolError) return shorten(`error: ${error.message}`);
    return risk === "read" ? UNREACHABLE : UNSURE;
  }
}

function shorten(text: string): string {
  if (text.length <= MAX_RESULT) return text.toWellFormed();
  // Without half a character, which no JSON may hold: some servers of models refuse it.
  return `${text.slice(0, MAX_RESULT).toWellFormed()}\n[the rest is left out]`;
}
