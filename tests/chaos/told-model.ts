import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { listen } from "@mobile-ai-agent/service-kit";

const WORDS = 20;
const PAUSE_MS = 20;

interface Asked {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly continue_final_message?: boolean;
}

/** @returns the one answer that there is to a message */
export function answerTo(message: string): string {
  return [`"${message}":`, ...Array.from({ length: WORDS }, (_, index) => `word-${index + 1}`)].join(" ");
}

/**
 * A test double of llm-server: it streams `answerTo` the last message, word by word and not too fast, and goes on with
 * an answer that was begun.
 */
export async function startToldModel(): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const { messages, continue_final_message } = (await json(request)) as Asked;
    const question = messages.findLast(({ role }) => role === "user")?.content ?? "";
    const begun = continue_final_message ? (messages.at(-1)?.content ?? "") : "";
    const rest = answerTo(question).slice(begun.length);
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of rest.match(/ ?[^ ]+/g) ?? []) {
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`);
      await delay(PAUSE_MS);
      if (response.destroyed) return;
    }
    response.end("data: [DONE]\n\n");
  });
  const { port, close } = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    async close() {
      server.closeAllConnections();
      await close();
    },
  };
}
