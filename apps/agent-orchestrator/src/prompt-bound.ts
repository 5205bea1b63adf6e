import type { ModelRequest } from "./language-model.ts";

/** What a model's own template puts around a conversation, and around tools, in tokens: more than any known one does. */
const TEMPLATE = 64;
const TOOLS_TEMPLATE = 1024;

/**
 * The most tokens that a prompt can have. A token of the tokenizers in use, byte-level BPE and SentencePiece with bytes
 * to fall back on, stands for a byte at least; the JSON around each message is longer than what templates put there.
 */
export function promptBound({ messages, prefix, tools }: ModelRequest): number {
  const texts = JSON.stringify({ messages, prefix, tools });
  return Buffer.byteLength(texts) + TEMPLATE + (tools.length > 0 ? TOOLS_TEMPLATE : 0);
}
