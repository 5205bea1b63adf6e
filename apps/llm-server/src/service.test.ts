import { createLogger } from "@mobile-ai-agent/service-kit";
import OpenAI from "openai";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { llmConfig } from "./config.ts";
import { createService } from "./service.ts";
import { scriptedModel } from "./testing/scripted-model.ts";

let script: ReturnType<typeof scriptedModel>;
let service: ReturnType<typeof createService>;
let client: OpenAI;

async function serve() {
  const config = llmConfig.parse({ PORT: "0", METRICS_PORT: "0", MAX_CONCURRENT: "1", MAX_WAITING: "0" });
  const logger = createLogger("llm-server", "error");
  logger.silent = true;
  service = createService(config, { logger, loadModel: async () => script.model });
  await service.start();
  const baseURL = `http://127.0.0.1:${service.port}/v1`;
  client = new OpenAI({ baseURL, apiKey: "unused", maxRetries: 0 });
}

beforeEach(async () => {
  script = scriptedModel();
  await serve();
});
afterEach(() => service.stop());

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

const ask = (content: string) => ({ model: "any", messages: [{ role: "user" as const, content }] });

it("streams the pieces in order, and says why it ended", async () => {
  const chunks = await collect(
    await client.chat.completions.create({ ...ask("one two three"), stream: true, max_tokens: 2 }),
  );
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toBe("one two ");
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("length");
});

it("answers in one piece, and lists its model", async () => {
  const { choices } = await client.chat.completions.create(ask("one two"));
  expect(choices[0]).toMatchObject({ message: { content: "one two" }, finish_reason: "stop" });
  expect((await client.models.list()).data).toMatchObject([
    { id: "scripted", capabilities: { tools: true, prefill: true } },
  ]);
});

it("tells what an answer has cost, in one piece and, if asked to, behind the stream", async () => {
  const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
  const question = { ...ask("one two three"), max_tokens: 2 };
  expect((await client.chat.completions.create(question)).usage).toEqual(usage);
  const stream = { ...question, stream: true as const };
  const told = await collect(
    await client.chat.completions.create({ ...stream, stream_options: { include_usage: true } }),
  );
  expect(told.at(-1)).toMatchObject({ choices: [], usage });
  expect(told.slice(0, -1).map(({ usage }) => usage)).toEqual(told.slice(0, -1).map(() => null));
  for (const chunk of await collect(await client.chat.completions.create(stream)))
    expect(chunk).not.toHaveProperty("usage");
});

it("passes tools to the model and its calls to the client, streamed or not", async () => {
  const tool = { name: "search", description: "Finds", parameters: { type: "object" } };
  const question = { ...ask("Well, call"), tools: [{ type: "function" as const, function: tool }] };
  const call = { id: "c1", type: "function", function: { name: "search", arguments: '{"q":1}' } };
  const { choices } = await client.chat.completions.create({ ...question, tool_choice: "required" });
  expect(choices[0]).toMatchObject({
    message: { content: "Well, ", tool_calls: [call] },
    finish_reason: "tool_calls",
  });
  expect(script.asked[0]).toMatchObject({ tools: [tool], toolChoice: "required" });
  const chunks = await collect(await client.chat.completions.create({ ...question, stream: true }));
  expect(chunks.flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? [])).toEqual([
    { index: 0, ...call },
  ]);
  expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");

  const { data } = await client.chat.completions
    .create({
      model: "any",
      messages: [
        { role: "user", content: "Hi" },
        { role: "assistant", content: null, tool_calls: [{ ...call, type: "function" }] },
        { role: "tool", tool_call_id: "c1", content: "found" },
      ],
    })
    .withResponse();
  expect(data.choices[0]?.message.content).toBe("found");
  expect(script.asked.at(-1)?.messages).toEqual([
    { role: "user", content: "Hi" },
    { role: "assistant", content: "", toolCalls: [{ id: "c1", name: "search", arguments: '{"q":1}' }] },
    { role: "tool", content: "found", toolCallId: "c1" },
  ]);
});

it.each([
  ["temperature", { temperature: 3 }],
  ["messages", { messages: [{ role: "assistant" as const, content: "" }] }],
  ["messages.0.tool_call_id", { messages: [{ role: "tool", content: "found" } as never] }],
  ["tools.0.function.name", { tools: [{ type: "function" as const, function: { name: "no name" } }] }],
  ["tool_choice", { tool_choice: "required" as const }],
  ["tool_choice", { tool_choice: { type: "function" as const, function: { name: "absent" } } }],
])("names the field that is wrong: %s", async (param, fault) => {
  await expect(client.chat.completions.create({ ...ask("one"), ...fault })).rejects.toMatchObject({
    status: 400,
    param,
  });
});

it.each([
  ["stop", { stop: ["."] }],
  ["top_p", { top_p: 0.1 }],
  ["response_format.type", { response_format: { type: "json_object" as const } }],
  ["parallel_tool_calls", { parallel_tool_calls: false }],
  ["logprobs", { logprobs: true }],
  ["modalities", { modalities: ["text" as const, "audio" as const] }],
  ["reasoning_effort", { reasoning_effort: "low" as const }],
  ["verbosity", { verbosity: "low" as const }],
])("refuses what would make another answer and is not served: %s", async (param, field) => {
  await expect(client.chat.completions.create({ ...ask("one"), ...field })).rejects.toMatchObject({
    ...{ status: 400, param, code: "unsupported" },
  });
});

it("takes such fields where they ask for what is served anyway, and what leaves the answer as it is", async () => {
  const fields = { stop: null, top_p: 1, response_format: { type: "text" as const }, metadata: { a: "b" } };
  const { choices } = await client.chat.completions.create({ ...ask("one"), ...fields });
  expect(choices[0]?.message.content).toBe("one");
});

it.each([
  [400, "chat/completions", "{not json"],
  [413, "chat/completions", JSON.stringify(" ".repeat(1024 * 1024))],
  [404, "embeddings", "{}"],
])("answers with an error that OpenAI's clients read: %i of %s", async (status, path, body) => {
  const headers = { "content-type": "application/json" };
  const url = `http://127.0.0.1:${service.port}/v1/${path}`;
  const response = await fetch(url, { method: "POST", headers, body });
  expect([response.status, await response.json()]).toEqual([
    status,
    { error: { type: "invalid_request_error", message: expect.any(String), param: null, code: null } },
  ]);
});

it("tells clients not to ask again what was tried again here", async () => {
  const again = new OpenAI({ baseURL: client.baseURL, apiKey: "unused", maxRetries: 3 });
  await expect(again.chat.completions.create(ask("broken"))).rejects.toMatchObject({ status: 502 });
  expect(script.asked).toHaveLength(1);
});

it("says which of the model's abilities is missing", async () => {
  await service.stop();
  script = scriptedModel("plain", { tools: false, prefill: false });
  await serve();
  const tools = [{ type: "function" as const, function: { name: "search" } }];
  const unable = { status: 400, code: "unsupported" };
  await expect(client.chat.completions.create({ ...ask("one"), tools })).rejects.toMatchObject(unable);
  const messages = [...ask("Count.").messages, { role: "assistant" as const, content: "one" }];
  await expect(client.chat.completions.create({ model: "any", messages })).rejects.toMatchObject(unable);
});

describe("POST /generate", () => {
  const generate = (body: object) =>
    fetch(`http://127.0.0.1:${service.port}/generate`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  it("answers a prompt with text and usage", async () => {
    const response = await generate({ prompt: "one two three", max_tokens: 2, temperature: 0 });
    expect(await response.json()).toEqual({
      text: "one two ",
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    });
    expect(script.asked[0]).toMatchObject({ maxTokens: 2, temperature: 0 });
  });

  it("lists what is wrong with the body, and hides the cause of a failure", async () => {
    const faulty = await generate({ max_tokens: 0 });
    expect(faulty.status).toBe(400);
    expect(await faulty.json()).toMatchObject({ errors: [{ path: "prompt" }, { path: "max_tokens" }] });
    const failed = await generate({ prompt: "broken" });
    expect(failed.status).toBe(502);
    expect(await failed.text()).not.toContain("weights");
  });

  it("stops the work of a client that went away", async () => {
    const gone = new AbortController();
    const url = `http://127.0.0.1:${service.port}/generate`;
    const headers = { "content-type": "application/json" };
    const asking = fetch(url, { method: "POST", headers, body: '{"prompt":"wait"}', signal: gone.signal });
    const ended = expect(asking).rejects.toThrow();
    await script.entered;
    gone.abort();
    await ended;
    await script.aborted;
    await expect.poll(async () => (await generate({ prompt: "one" })).status).toBe(200);
  });
});

it("hides the cause of a failure, before the stream begins and within it", async () => {
  await expect(client.chat.completions.create(ask("broken"))).rejects.toMatchObject({
    status: 502,
    message: expect.not.stringContaining("weights"),
  });
  const stream = await client.chat.completions.create({ ...ask("one broken"), stream: true });
  await expect(collect(stream)).rejects.toThrow("the model failed to answer");
});

it("refuses what can't wait, and stops the work of a client that went away", async () => {
  const gone = new AbortController();
  const first = client.chat.completions.create({ ...ask("wait"), stream: true }, { signal: gone.signal });
  const ended = expect(first).rejects.toThrow();
  await script.entered;
  await expect(client.chat.completions.create(ask("two"))).rejects.toMatchObject({ status: 429 });
  gone.abort();
  await ended;
  await script.aborted;
  await expect.poll(() => client.chat.completions.create(ask("three")).catch(() => undefined)).toBeDefined();
});

it("knows the user by either of OpenAI's names", async () => {
  await client.chat.completions.create({ ...ask("one"), safety_identifier: "ada" });
  await client.chat.completions.create({ ...ask("one"), user: "bob" });
  expect(script.asked.map(({ user }) => user)).toEqual(["ada", "bob"]);
});

it("counts questions by how they ended, and the tokens of their answers", async () => {
  const gone = new AbortController();
  const waits = client.chat.completions.create({ ...ask("wait"), stream: true }, { signal: gone.signal });
  const ended = expect(waits).rejects.toThrow();
  await script.entered;
  await client.chat.completions.create(ask("two")).catch(() => {});
  gone.abort();
  await ended;
  await client.chat.completions.create({ ...ask("one two three"), max_tokens: 2 });
  await collect(await client.chat.completions.create({ ...ask("four"), stream: true }));
  await client.chat.completions.create(ask("broken")).catch(() => {});
  await client.chat.completions.create({ ...ask("one"), temperature: 3 }).catch(() => {});

  const metrics = async () =>
    (await (await fetch(`http://127.0.0.1:${service.managementPort}/metrics`)).text()).split("\n");
  await expect
    .poll(metrics)
    .toEqual(
      expect.arrayContaining([
        'llm_request_count{provider="embedded",status="success"} 2',
        'llm_request_count{provider="embedded",status="failure"} 1',
        'llm_request_count{provider="embedded",status="refused"} 1',
        'llm_request_count{provider="embedded",status="cancelled"} 1',
        'llm_request_latency_seconds_count{provider="embedded"} 5',
        'llm_token_usage{provider="embedded",kind="prompt"} 4',
        'llm_token_usage{provider="embedded",kind="completion"} 3',
      ]),
    );
});
