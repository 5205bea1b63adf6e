import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { json } from "node:stream/consumers";
import { listen } from "@mobile-ai-agent/service-kit";

/** One answer of the model: text piece by piece, calls, or a fault. */
export type Turn =
  | {
      readonly words: readonly string[];
      readonly calls?: readonly ScriptedCall[];
      readonly ending?: "break" | "hang";
      /** What it says that it has used; `all`: as much as it may; without it, nothing. */
      readonly usage?: { readonly prompt: number; readonly completion: number } | "all";
      /** The answer ends when this resolves. */
      readonly until?: Promise<void>;
    }
  | { readonly fault: "refuse" | "silent" };

interface ScriptedCall {
  readonly name: string;
  readonly arguments: Record<string, unknown> | string;
}

export interface Asked {
  readonly messages: {
    role: string;
    content: string | null;
    tool_call_id?: string;
    tool_calls?: { function: { name: string; arguments: string } }[];
  }[];
  readonly tools?: { function: { name: string } }[];
  readonly tool_choice?: string;
  readonly max_tokens: number;
  readonly safety_identifier?: string;
}

/** A test double of llm-server: it speaks OpenAI's protocol and says what it was told to. */
export interface ScriptedModel {
  readonly url: string;
  /** What it was asked, in order, and the headers that came with it. */
  readonly asked: Asked[];
  readonly headers: IncomingHttpHeaders[];
  /** Tokens that it said it has used. */
  used(): number;
  /** How many requests were given up by the caller. */
  aborted(): number;
  /** The turns from now on; the last one is repeated. */
  script(...turns: (Turn | ((asked: Asked) => Turn))[]): void;
  close(): Promise<void>;
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  const asked: Asked[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let turns: Parameters<ScriptedModel["script"]> = [];
  let aborted = 0;
  let used = 0;
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as Asked;
    asked.push(body);
    headers.push(request.headers);
    response.once("close", () => {
      if (!response.writableFinished) aborted++;
    });
    const next = turns.length > 1 ? turns.shift() : turns[0];
    const turn = typeof next === "function" ? next(body) : next;
    if (turn === undefined || ("fault" in turn && turn.fault === "refuse")) {
      return void response.writeHead(400).end('{"error":{"message":"secret internals"}}');
    }
    if ("fault" in turn) return;
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send = (delta: object) =>
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`);
    for (const content of turn.words) send({ content });
    for (const [index, call] of (turn.calls ?? []).entries()) {
      const text = typeof call.arguments === "string" ? call.arguments : JSON.stringify(call.arguments);
      // As real servers do: the name first, the arguments in parts.
      send({
        tool_calls: [
          { index, id: `call-${asked.length}-${index}`, function: { name: call.name, arguments: "" } },
        ],
      });
      const half = Math.ceil(text.length / 2);
      for (const part of [text.slice(0, half), text.slice(half)]) {
        send({ tool_calls: [{ index, function: { arguments: part } }] });
      }
    }
    if (turn.ending === "hang") return void (await once(response, "close"));
    await turn.until;
    if (turn.usage && turn.ending !== "break") {
      const { prompt, completion } = turn.usage === "all" ? allOf(body) : turn.usage;
      used += prompt + completion;
      const finish_reason = completion >= body.max_tokens ? "length" : "stop";
      response.write(`data: ${JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason }] })}\n\n`);
      const usage = { prompt_tokens: prompt, completion_tokens: completion };
      response.write(`data: ${JSON.stringify({ choices: [], usage })}\n\n`);
    }
    response.end(
      turn.ending === "break" ? 'data: {"error":{"message":"secret internals"}}\n\n' : "data: [DONE]\n\n",
    );
  });
  const { port, close } = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    headers,
    used: () => used,
    aborted: () => aborted,
    script(...next) {
      turns = next;
      asked.length = 0;
      headers.length = 0;
      aborted = 0;
      used = 0;
    },
    async close() {
      server.closeAllConnections();
      await close();
    },
  };
}

/** Of a tokenizer that makes a token of each byte, and a model that ends when it has to. */
function allOf({ messages, tools = [], max_tokens }: Asked) {
  return { prompt: Buffer.byteLength(JSON.stringify({ messages, tools })), completion: max_tokens };
}
