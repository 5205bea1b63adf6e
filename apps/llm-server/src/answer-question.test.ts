import { createLogger } from "@mobile-ai-agent/service-kit";
import { Registry } from "prom-client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createAnswerQuestion } from "./answer-question.ts";
import { createBackend } from "./backend.ts";
import type { ChatModel, Question } from "./chat-model.ts";
import { createLlmMetrics } from "./llm-metrics.ts";
import { createAnthropicModel } from "./providers/anthropic.ts";
import { ask, read } from "./testing/collect.ts";
import { scriptedModel } from "./testing/scripted-model.ts";
import { anthropicEvents, startScriptedUpstream } from "./testing/scripted-upstream.ts";
import { createTurnstile } from "./turnstile.ts";

let upstream: Awaited<ReturnType<typeof startScriptedUpstream>>;
let registry: Registry;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.stop());
beforeEach(() => {
  upstream.asked.splice(0);
  registry = new Registry();
});

/** Answers by these models, in this order. */
function serve(...models: ChatModel[]) {
  return serveQueued(0, ...models);
}

function serveQueued(waiting: number, ...models: ChatModel[]) {
  const metrics = createLlmMetrics(registry);
  const backends = models.map((model) =>
    createBackend({
      model,
      turnstile: createTurnstile({ places: 1, waiting }),
      measure: metrics.of(model.name),
    }),
  );
  const logger = createLogger("llm-server", "error");
  logger.silent = true;
  const answer = createAnswerQuestion(backends, logger);
  return async (question: Question, signal = AbortSignal.timeout(20_000)) => {
    const names: string[] = [];
    const onModel = (name: string) => void names.push(name);
    const result = await read((onUsage) => answer(question, { signal, onUsage, onModel }));
    return { ...result, by: names };
  };
}

function remote(): ChatModel {
  return createAnthropicModel({ baseUrl: upstream.url, apiKey: "key", model: "remote", silenceMs: 200 });
}

async function counted(): Promise<string[]> {
  const { values } = await (registry.getSingleMetric("llm_request_count")?.get() ?? { values: [] });
  return values
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => `${labels.provider} ${labels.status} ${value}`);
}

const failed = (status: number, headers = {}) => ({
  ...{ status, headers },
  body: { type: "error", error: { type: "api_error", message: "no" } },
});
const delta = { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } };
const answered = {
  events: anthropicEvents(
    { type: "message_start", message: { usage: { input_tokens: 3, output_tokens: 1 } } },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    delta,
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
    { type: "message_stop" },
  ),
};

describe("an upstream that fails", () => {
  it("is asked again, and counts as one question", async () => {
    upstream.play(failed(503), failed(529), answered);
    expect(await serve(remote())(ask("Hi"))).toMatchObject({
      text: "Hello",
      by: ["remote"],
      usage: [{ prompt: 3, completion: 2 }],
    });
    expect(upstream.asked).toHaveLength(3);
    expect(await counted()).toEqual(["remote success 1"]);
  });

  it.each([
    ["for good", failed(401), 1],
    ["every time", failed(500), 3],
    ["and wants to be left alone for long", failed(429, { "retry-after": "60" }), 1],
    ["by silence", { events: [], ending: "hang" as const }, 1],
  ])("%s is replaced by the next model", async (_, scene, tries) => {
    upstream.play(scene);
    const { text, by } = await serve(remote(), scriptedModel("local").model)(ask("from here"));
    expect({ text, by }).toEqual({ text: "from here", by: ["local"] });
    expect(upstream.asked).toHaveLength(tries);
    expect(await counted()).toContain("local success 1");
  });

  it("is asked again only as often as its questions pay for", async () => {
    upstream.play(failed(503, { "retry-after": "0" }));
    const answer = serve(remote(), scriptedModel("local").model);
    for (let question = 0; question < 20; question++) await answer(ask("Hi"));
    // 20 first tries, 10 retries saved up, and a tenth of the questions.
    expect(upstream.asked.length).toBeGreaterThanOrEqual(30);
    expect(upstream.asked.length).toBeLessThanOrEqual(32);
  });

  it("after its first piece is neither asked again nor replaced: two beginnings don't make an answer", async () => {
    upstream.play({ events: answered.events.slice(0, 3) });
    const other = scriptedModel("local");
    await expect(serve(remote(), other.model)(ask("Hi"))).rejects.toMatchObject({ kind: "unavailable" });
    expect(upstream.asked).toHaveLength(1);
    expect(other.asked).toEqual([]);
  });

  it("because of the question itself leaves the others alone", async () => {
    upstream.play(failed(400));
    const other = scriptedModel("local");
    await expect(serve(remote(), other.model)(ask("Hi"))).rejects.toMatchObject({ kind: "rejected" });
    expect(other.asked).toEqual([]);
  });
});

it("a model takes the place of another only for what it can do", async () => {
  const plain = scriptedModel("plain", { tools: false, prefill: true });
  const question = ask("busy", { tools: [{ name: "search", parameters: {} }] });
  await expect(serve(scriptedModel("busy").model, plain.model)(question)).rejects.toMatchObject({
    kind: "overloaded",
  });
  expect(plain.asked).toEqual([]);
  expect(await counted()).toEqual(["busy refused 1"]);
});

it("a full queue sends the question to the next model", async () => {
  const first = scriptedModel("first");
  const answer = serve(first.model, scriptedModel("second").model);
  const waiting = answer(ask("wait"));
  await first.entered;
  expect((await answer(ask("Hi"))).by).toEqual(["second"]);
  first.gate.resolve();
  expect((await waiting).by).toEqual(["first"]);
});

it("a user who asks much waits for himself, not the others for him", async () => {
  const local = scriptedModel("local");
  const answer = serveQueued(9, local.model);
  const asking = ["wait", "a1", "a2", "b1"].map((content) =>
    answer(ask(content, { user: content === "b1" ? "bob" : "ada" })),
  );
  await local.entered;
  local.gate.resolve();
  await Promise.all(asking);
  const asked = local.asked.map(({ messages }) => messages[0]?.content);
  expect(asked).toEqual(["wait", "a1", "b1", "a2"]);
});

it("a reader that goes away during the pause before a retry ends the asking", async () => {
  upstream.play(failed(503, { "retry-after": "4" }));
  const stop = new AbortController();
  const other = scriptedModel("local");
  const asking = serve(remote(), other.model)(ask("Hi"), stop.signal);
  const ended = expect(asking).rejects.toThrow();
  await expect.poll(() => upstream.asked.length).toBe(1);
  stop.abort(new Error("the client went away"));
  await ended;
  expect(other.asked).toEqual([]);
  expect(await counted()).toEqual(["remote cancelled 1"]);
});
