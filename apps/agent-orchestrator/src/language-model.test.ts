import { createServer } from "node:http";
import { listen } from "@mobile-ai-agent/service-kit";
import { expect, it } from "vitest";
import { type AnswerEnd, createLanguageModel, type Piece } from "./language-model.ts";
import { parseArguments } from "./tools/tool-call.ts";

/** What a model behind a server that sends these chunks says, and how its answer ends. */
async function answerOf(...chunks: object[]) {
  const events = chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join("");
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).end(`${events}data: [DONE]\n\n`);
  });
  const { port, close } = await listen(server, 0);
  try {
    const baseUrl = `http://127.0.0.1:${port}/v1`;
    const model = createLanguageModel({ baseUrl, model: "any", maxTokens: 20, temperature: 0 });
    const ends: AnswerEnd[] = [];
    const request = {
      ...{ userId: "ann", messages: [], prefix: "", tools: [], mayCall: true },
      onEnd: (end: AnswerEnd) => void ends.push(end),
    };
    const pieces: Piece[] = [];
    for await (const piece of model.answer(request, AbortSignal.timeout(10_000))) pieces.push(piece);
    return { pieces, ends };
  } finally {
    await close();
  }
}

const choice = (delta: object, finish_reason: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason }],
});
const call = (index: number, name: string, json: string) =>
  choice({ tool_calls: [{ index, id: `call_${index}`, function: { name, arguments: json } }] });

it("lets no call pass for a whole one that broke off before its arguments", async () => {
  const { pieces } = await answerOf(call(0, "delete", ""), choice({}, "length"));
  const [piece] = pieces;
  if (!piece || !("call" in piece)) throw new Error("there is no call");
  expect(parseArguments(piece.call.arguments)).toBeUndefined();
});

it("takes a call without arguments for one with none, where the answer was not cut", async () => {
  const { pieces } = await answerOf(call(0, "list", ""), choice({}, "tool_calls"));
  expect(pieces).toEqual([{ call: { id: "call_0", name: "list", arguments: "" } }]);
  expect(parseArguments("")).toEqual({});
});

it.each([
  [{}],
  [{ prompt_tokens: 5 }],
  [{ prompt_tokens: null, completion_tokens: null }],
  [{ prompt_tokens: -5, completion_tokens: 1 }],
  [{ prompt_tokens: 1.5, completion_tokens: 1 }],
])("takes no usage that is no count: %j", async (usage) => {
  const { ends } = await answerOf(choice({ content: "Hi" }, "stop"), { choices: [], usage });
  expect(ends).toEqual([{ finish: "stop" }]);
});
