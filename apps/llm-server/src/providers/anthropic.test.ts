import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Question } from "../chat-model.ts";
import { ask, read } from "../testing/collect.ts";
import { anthropicEvents, startScriptedUpstream } from "../testing/scripted-upstream.ts";
import { createAnthropicModel } from "./anthropic.ts";

let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.stop());
beforeEach(() => void upstream.asked.splice(0));

const MODEL = "claude-test";

function answer(question: Question, { signal = AbortSignal.timeout(10_000), silenceMs = 5000 } = {}) {
  const model = createAnthropicModel({ baseUrl: upstream.url, apiKey: "key", model: MODEL, silenceMs });
  return read((onUsage) => model.complete(question, { signal, onUsage }));
}

const start = (usage: object) => ({
  type: "message_start",
  message: {
    ...{ id: "msg_1", type: "message", role: "assistant", content: [], model: MODEL },
    ...{ stop_reason: null, stop_sequence: null, stop_details: null, container: null, usage },
  },
});
const text = (index: number, ...texts: string[]) => [
  { type: "content_block_start", index, content_block: { type: "text", text: "" } },
  ...texts.map((text) => ({ type: "content_block_delta", index, delta: { type: "text_delta", text } })),
  { type: "content_block_stop", index },
];
const toolUse = (index: number, block: { id: string; name: string }, ...parts: string[]) => [
  { type: "content_block_start", index, content_block: { type: "tool_use", input: {}, ...block } },
  ...["", ...parts].map((partial_json) => ({
    type: "content_block_delta",
    index,
    delta: { type: "input_json_delta", partial_json },
  })),
  { type: "content_block_stop", index },
];
const end = (stop_reason: string, usage: object) => [
  { type: "message_delta", delta: { stop_reason, stop_sequence: null, stop_details: null }, usage },
  { type: "message_stop" },
];

const TOOL = {
  name: "search_messages",
  description: "Finds messages",
  parameters: { type: "object", properties: { query: { type: "string" } }, required: ["query"] },
};

describe("an answer", () => {
  it("streams its text, and counts cached tokens of the prompt", async () => {
    const counts = { input_tokens: 5, cache_creation_input_tokens: 2, cache_read_input_tokens: 10 };
    upstream.play({
      events: anthropicEvents(
        start({ ...counts, output_tokens: 1 }),
        { type: "ping" },
        ...text(0, "Hel", "lo"),
        ...end("end_turn", { output_tokens: 7 }),
      ),
    });
    expect(
      await answer(ask("Hi", { messages: [{ role: "system", content: "Be kind." }, ...ask("Hi").messages] })),
    ).toEqual({
      pieces: [
        { kind: "text", text: "Hel" },
        { kind: "text", text: "lo" },
      ],
      text: "Hello",
      finish: "stop",
      usage: [{ prompt: 17, completion: 7 }],
    });
    expect(upstream.asked).toMatchObject([
      {
        path: "/v1/messages",
        headers: { authorization: "Bearer key", "anthropic-version": expect.any(String) },
        body: {
          model: MODEL,
          max_tokens: 50,
          stream: true,
          system: "Be kind.",
          messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
        },
      },
    ]);
    expect(upstream.asked[0]?.body).not.toHaveProperty("tools");
  });

  it("gives each call of a tool whole", async () => {
    upstream.play({
      events: anthropicEvents(
        start({ input_tokens: 5, output_tokens: 1 }),
        ...text(0, "Let me look."),
        ...toolUse(1, { id: "toolu_1", name: "search_messages" }, '{"que', 'ry":"tea"}'),
        ...toolUse(2, { id: "toolu_2", name: "list_sessions" }),
        ...end("tool_use", { output_tokens: 30 }),
      ),
    });
    const { pieces, finish } = await answer(ask("What did I say of tea?", { tools: [TOOL] }));
    expect(finish).toBe("tool_calls");
    expect(pieces).toEqual([
      { kind: "text", text: "Let me look." },
      { kind: "call", call: { id: "toolu_1", name: "search_messages", arguments: '{"query":"tea"}' } },
      { kind: "call", call: { id: "toolu_2", name: "list_sessions", arguments: "{}" } },
    ]);
    expect(upstream.asked[0]?.body).toMatchObject({
      tools: [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.parameters }],
      tool_choice: { type: "auto" },
    });
  });

  it("leaves a call that broke off as it is: no arguments are not an empty object", async () => {
    upstream.play({
      events: anthropicEvents(
        start({ input_tokens: 5, output_tokens: 1 }),
        ...toolUse(0, { id: "toolu_1", name: "list_sessions" }),
        ...toolUse(1, { id: "toolu_2", name: "delete_sessions" }),
        ...end("max_tokens", { output_tokens: 30 }),
      ),
    });
    const { pieces } = await answer(ask("Tidy up.", { tools: [TOOL] }));
    expect(pieces.map((piece) => (piece.kind === "call" ? piece.call.arguments : ""))).toEqual(["{}", ""]);
  });

  it.each([
    ["max_tokens", "length"],
    ["model_context_window_exceeded", "length"],
    ["refusal", "content_filter"],
    ["stop_sequence", "stop"],
  ])("that ends by %s is told as %s", async (reason, finish) => {
    upstream.play({
      events: anthropicEvents(
        start({ input_tokens: 1, output_tokens: 1 }),
        ...end(reason, { output_tokens: 1 }),
      ),
    });
    expect((await answer(ask("Hi"))).finish).toBe(finish);
  });
});

describe("a conversation", () => {
  it("alternates, begins with the user, and answers all calls of a turn in one", async () => {
    upstream.play({
      events: anthropicEvents(start({ input_tokens: 1 }), ...end("end_turn", { output_tokens: 1 })),
    });
    await answer(
      ask("", {
        tools: [TOOL],
        toolChoice: { name: TOOL.name },
        messages: [
          { role: "assistant", content: "cut off" },
          { role: "user", content: "one" },
          { role: "user", content: "two" },
          {
            role: "assistant",
            content: "",
            toolCalls: [
              { id: "a", name: TOOL.name, arguments: '{"query":"tea"}' },
              { id: "b", name: "list_sessions", arguments: "" },
            ],
          },
          { role: "tool", toolCallId: "a", content: "tea" },
          { role: "tool", toolCallId: "b", content: "none" },
        ],
      }),
    );
    expect(upstream.asked[0]?.body).toMatchObject({
      tool_choice: { type: "tool", name: TOOL.name },
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "one" },
            { type: "text", text: "two" },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "tool_use", id: "a", name: TOOL.name, input: { query: "tea" } },
            { type: "tool_use", id: "b", name: "list_sessions", input: {} },
          ],
        },
        {
          role: "user",
          content: [
            { type: "tool_result", tool_use_id: "a", content: "tea" },
            { type: "tool_result", tool_use_id: "b", content: "none" },
          ],
        },
      ],
    });
  });

  it("with a call that is no JSON object is refused before it is sent", async () => {
    const toolCalls = [{ id: "a", name: TOOL.name, arguments: "tea" }];
    const messages = [...ask("Hi").messages, { role: "assistant" as const, content: "", toolCalls }];
    await expect(answer(ask("", { messages }))).rejects.toMatchObject({ kind: "rejected" });
    expect(upstream.asked).toEqual([]);
  });
});

describe("a failure", () => {
  const body = (type: string) => ({ type: "error", error: { type, message: "secret internals" } });

  it.each([
    [400, "invalid_request_error", "rejected"],
    [401, "authentication_error", "misconfigured"],
    [404, "not_found_error", "misconfigured"],
    [413, "request_too_large", "rejected"],
    [429, "rate_limit_error", "overloaded"],
    [500, "api_error", "unavailable"],
    [529, "overloaded_error", "overloaded"],
  ])("with status %i is known", async (status, type, kind) => {
    upstream.play({ status, headers: { "retry-after": "3" }, body: body(type) });
    await expect(answer(ask("Hi"))).rejects.toMatchObject({ name: "ModelFailure", kind, retryAfterMs: 3000 });
    expect(upstream.asked).toHaveLength(1);
  });

  it.each([
    ["keeps the words", 401],
    ["has no words", 400],
    ["has no words", 500],
  ])("%s of an answer with status %i in its cause, which is logged", async (what, status) => {
    const words = "no access to model: user said 'my PIN'";
    const error = { type: "some_error", message: words };
    upstream.play({ status, headers: { "request-id": "req_1" }, body: { type: "error", error } });
    const failure = await answer(ask("Hi")).catch((thrown) => thrown);
    const { message, stack } = failure.cause as Error;
    expect([message.includes("my PIN"), stack?.includes("my PIN")]).toEqual(
      what === "keeps the words" ? [true, true] : [false, false],
    );
    if (what === "has no words")
      expect(message).toBe(
        `the upstream answered with an error: status ${status}, type some_error, request req_1`,
      );
  });

  it.each([
    ["overloaded_error", "overloaded"],
    ["api_error", "unavailable"],
  ])("of type %s within the stream is known", async (type, kind) => {
    upstream.play({
      events: anthropicEvents(start({ input_tokens: 1, output_tokens: 1 }), ...text(0, "Hel"), body(type)),
    });
    await expect(answer(ask("Hi"))).rejects.toMatchObject({ kind });
  });

  it("is an end without a reason, and a cut connection", async () => {
    const events = anthropicEvents(start({ input_tokens: 1, output_tokens: 1 }), ...text(0, "Hel"));
    upstream.play({ events });
    await expect(answer(ask("Hi"))).rejects.toMatchObject({ kind: "unavailable" });
    upstream.play({ events, ending: "cut" });
    await expect(answer(ask("Hi"))).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("is a silence, before the first event and after it", async () => {
    upstream.play({ events: [], ending: "hang" });
    await expect(answer(ask("Hi"), { silenceMs: 100 })).rejects.toMatchObject({ kind: "silent" });
    upstream.play({ events: anthropicEvents(start({ input_tokens: 1, output_tokens: 1 })), ending: "hang" });
    await expect(answer(ask("Hi"), { silenceMs: 100 })).rejects.toMatchObject({ kind: "silent" });
  });
});

it("an aborted answer ends with the abort's reason, and the upstream is left", async () => {
  upstream.play({ events: anthropicEvents(start({ input_tokens: 4 }), ...text(0, "Hel")), ending: "hang" });
  const model = createAnthropicModel({ baseUrl: upstream.url, apiKey: "key", model: MODEL, silenceMs: 5000 });
  const stop = new AbortController();
  const usage: object[] = [];
  const pieces = model.complete(ask("Hi"), { signal: stop.signal, onUsage: (used) => usage.push(used) });
  expect(await pieces.next()).toMatchObject({ value: { text: "Hel" } });
  stop.abort(new Error("the client went away"));
  await expect(pieces.next()).rejects.toThrow("the client went away");
  await upstream.left;
  expect(usage).toEqual([{ prompt: 4, completion: 0 }]);
});
