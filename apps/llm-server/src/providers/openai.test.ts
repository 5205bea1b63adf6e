import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Question } from "../chat-model.ts";
import { ask, read } from "../testing/collect.ts";
import { openAiEvents, startScriptedUpstream } from "../testing/scripted-upstream.ts";
import { createUpstreamModel } from "./openai.ts";

let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.stop());
beforeEach(() => void upstream.asked.splice(0));

function answer(question: Question, silenceMs = 5000) {
  const options = { apiKey: "key", model: "gpt-test", tools: true, prefill: true, silenceMs };
  const model = createUpstreamModel({ baseUrl: `${upstream.url}/v1`, ...options });
  return read((onUsage) => model.complete(question, { signal: AbortSignal.timeout(10_000), onUsage }));
}

const delta = (delta: object, finish_reason: string | null = null) => ({
  ...{ id: "1", object: "chat.completion.chunk", created: 1, model: "gpt-test" },
  choices: [{ index: 0, delta, finish_reason }],
});
const usage = { choices: [], usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } };
const part = (index: number, id: string | undefined, name: string | undefined, json: string) =>
  delta({ tool_calls: [{ index, id, type: "function", function: { name, arguments: json } }] });

it("streams text, and asks for the usage and takes it from the chunk after the last", async () => {
  upstream.play({
    events: openAiEvents(
      delta({ role: "assistant", content: "" }),
      delta({ content: "Hel" }),
      ...[delta({ content: "lo" }), delta({}, "length"), usage, "[DONE]" as const],
    ),
  });
  expect(await answer(ask("Hi", { temperature: 0.2 }))).toMatchObject({
    text: "Hello",
    finish: "length",
    usage: [{ prompt: 12, completion: 3 }],
  });
  expect(upstream.asked).toMatchObject([
    {
      path: "/v1/chat/completions",
      headers: { authorization: "Bearer key" },
      body: { stream: true, stream_options: { include_usage: true }, max_tokens: 50, temperature: 0.2 },
    },
  ]);
});

it("tells the usage once, though a server tells it with each chunk, and not what is no count", async () => {
  const told = (prompt_tokens: unknown, completion_tokens: unknown) => ({
    ...delta({ content: "a" }),
    usage: { prompt_tokens, completion_tokens },
  });
  const last = [delta({}, "stop"), "[DONE]" as const];
  upstream.play({ events: openAiEvents(told(5, 1), told(5, 2), ...last) });
  expect((await answer(ask("Hi"))).usage).toEqual([{ prompt: 5, completion: 2 }]);
  upstream.play({ events: openAiEvents(told(5, undefined), told(null, null), told(-1, 2), ...last) });
  expect((await answer(ask("Hi"))).usage).toEqual([]);
});

describe("calls of tools", () => {
  const TOOL = { name: "search", parameters: { type: "object" } };
  const expected = [
    { kind: "call", call: { id: "a", name: "search", arguments: '{"q":"tea"}' } },
    { kind: "call", call: { id: "b", name: "list", arguments: "{}" } },
  ];

  it("are put together from their parts", async () => {
    upstream.play({
      events: openAiEvents(
        part(0, "a", "search", ""),
        part(0, undefined, undefined, '{"q":'),
        part(0, undefined, undefined, '"tea"}'),
        part(1, "b", "list", "{}"),
        delta({}, "tool_calls"),
        "[DONE]",
      ),
    });
    const question = ask("Hi", { tools: [TOOL], toolChoice: "required" });
    expect(await answer(question)).toMatchObject({ pieces: expected, finish: "tool_calls", usage: [] });
    expect(upstream.asked[0]?.body).toMatchObject({
      tools: [{ type: "function", function: TOOL }],
      tool_choice: "required",
    });
  });

  it("are told apart where a server numbers them all 0 and says it stopped", async () => {
    upstream.play({
      events: openAiEvents(
        part(0, "a", "search", '{"q":"tea"}'),
        part(0, "b", "list", "{}"),
        delta({}, "stop"),
        "[DONE]",
      ),
    });
    expect(await answer(ask("Hi", { tools: [TOOL] }))).toMatchObject({
      pieces: expected,
      finish: "tool_calls",
    });
  });

  it("and their results go back in OpenAI's form", async () => {
    upstream.play({ events: openAiEvents(delta({ content: "Tea." }, "stop"), "[DONE]") });
    await answer(
      ask("", {
        tools: [TOOL],
        messages: [
          ...ask("Hi").messages,
          { role: "assistant", content: "", toolCalls: [{ id: "a", name: "search", arguments: "{}" }] },
          { role: "tool", toolCallId: "a", content: "tea" },
        ],
      }),
    );
    expect(upstream.asked[0]?.body.messages).toEqual([
      { role: "user", content: "Hi" },
      {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "a", type: "function", function: { name: "search", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "a", content: "tea" },
    ]);
  });
});

it("continues an answer that has begun, by vLLM's fields", async () => {
  upstream.play({ events: openAiEvents(delta({ content: " two" }, "stop"), "[DONE]") });
  const messages = [...ask("Count.").messages, { role: "assistant" as const, content: "one" }];
  expect((await answer(ask("", { messages }))).text).toBe(" two");
  expect(upstream.asked[0]?.body).toMatchObject({
    messages: [{ role: "user" }, { role: "assistant", content: "one" }],
    continue_final_message: true,
    add_generation_prompt: false,
  });
});

it("asks a model that knows one temperature only without, and does not try again with it", async () => {
  const error = { message: "unsupported", param: "temperature", code: "unsupported_value" };
  const events = openAiEvents(delta({ content: "Hi" }), delta({}, "stop"), "[DONE]");
  const refused = { status: 400, body: { error } };
  upstream.play(refused, refused, { events });
  const warm = ask("Hi", { temperature: 0.2 });
  const options = { apiKey: "key", model: "gpt-test", tools: true, prefill: true, silenceMs: 5000 };
  const model = createUpstreamModel({ baseUrl: `${upstream.url}/v1`, ...options });
  const answerWarm = async () =>
    (await read(() => model.complete(warm, { signal: AbortSignal.timeout(10_000) }))).text;
  expect(await Promise.all([answerWarm(), answerWarm()])).toEqual(["Hi", "Hi"]);
  expect(await answerWarm()).toBe("Hi");
  const temperatures = upstream.asked.map(({ body }) => body.temperature);
  expect(temperatures).toEqual([0.2, 0.2, undefined, undefined, undefined]);
});

describe("a failure", () => {
  it.each([
    [400, "rejected"],
    [401, "misconfigured"],
    [429, "overloaded"],
    [503, "unavailable"],
  ])("with status %i is known, and not tried again here", async (status, kind) => {
    upstream.play({ status, body: { error: { message: "secret internals" } } });
    await expect(answer(ask("Hi"))).rejects.toMatchObject({ kind });
    expect(upstream.asked).toHaveLength(1);
  });

  it("within the stream, an end without a reason, and a cut connection are known", async () => {
    const begun = openAiEvents(delta({ content: "Hel" }));
    upstream.play({ events: [...begun, ...openAiEvents({ error: { message: "no", code: 429 } })] });
    const failure = await answer(ask("Hi")).catch((thrown) => thrown);
    expect(failure).toMatchObject({ name: "ModelFailure", kind: "overloaded" });
    expect(failure.cause.message).toBe("the upstream answered with an error: code 429");
    upstream.play({ events: [...begun, ...openAiEvents("[DONE]")] });
    await expect(answer(ask("Hi"))).rejects.toMatchObject({ kind: "unavailable" });
    upstream.play({ events: begun, ending: "cut" });
    await expect(answer(ask("Hi"))).rejects.toMatchObject({ kind: "unavailable" });
  });

  it("is a silence", async () => {
    upstream.play({ events: openAiEvents(delta({ content: "Hel" })), ending: "hang" });
    await expect(answer(ask("Hi"), 100)).rejects.toMatchObject({ kind: "silent" });
  });

  it("is an endpoint that nobody listens on", async () => {
    const options = { baseUrl: "http://127.0.0.1:1/v1", apiKey: "key", model: "gpt-test" };
    const model = createUpstreamModel({ ...options, tools: true, prefill: false, silenceMs: 5000 });
    const pieces = model.complete(ask("Hi"), { signal: AbortSignal.timeout(5000) });
    await expect(pieces.next()).rejects.toMatchObject({ kind: "unavailable" });
  });
});
