import { createLogger } from "@mobile-ai-agent/service-kit";
import OpenAI from "openai";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ChatModel } from "./chat-model.ts";
import { llmConfig } from "./config.ts";
import { createService } from "./service.ts";

/** A test double: answers with the words of the last message, and waits where a word says so. */
function scriptedModel() {
  const gate = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  const model: ChatModel = {
    name: "scripted",
    async *complete(messages, { maxTokens, signal, onUsage }) {
      signal.addEventListener("abort", () => aborted.resolve());
      const words = messages.at(-1)?.content.split(/(?<= )/) ?? [];
      for (const word of words.slice(0, maxTokens)) {
        if (word === "broken") throw new Error("the weights are gone");
        if (word === "wait") {
          entered.resolve();
          await Promise.race([gate.promise, aborted.promise]);
          signal.throwIfAborted();
        }
        yield word;
      }
      onUsage?.({ prompt: words.length, completion: Math.min(words.length, maxTokens) });
      return words.length > maxTokens ? "length" : "stop";
    },
    close: async () => {},
  };
  return { model, gate, entered: entered.promise, aborted: aborted.promise };
}

let script: ReturnType<typeof scriptedModel>;
let service: ReturnType<typeof createService>;
let client: OpenAI;

beforeEach(async () => {
  script = scriptedModel();
  const config = llmConfig.parse({ PORT: "0", METRICS_PORT: "0", MAX_CONCURRENT: "1", MAX_WAITING: "0" });
  const logger = createLogger("llm-server", "error");
  logger.silent = true;
  service = createService(config, { logger, loadModel: async () => script.model });
  await service.start();
  const baseURL = `http://127.0.0.1:${service.port}/v1`;
  client = new OpenAI({ baseURL, apiKey: "unused", maxRetries: 0 });
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
  expect((await client.models.list()).data.map(({ id }) => id)).toEqual(["scripted"]);
});

it("names the field that is wrong", async () => {
  const faulty = { ...ask("one"), temperature: 3 };
  await expect(client.chat.completions.create(faulty)).rejects.toMatchObject({
    status: 400,
    param: "temperature",
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
