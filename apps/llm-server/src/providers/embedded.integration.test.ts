import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ChatModel, Question } from "../chat-model.ts";
import { ask, read } from "../testing/collect.ts";
import { loadEmbeddedModel } from "./embedded.ts";

const file = process.env.MODEL_FILE;

describe.skipIf(!file)("a real model", () => {
  let model: ChatModel;
  beforeAll(async () => {
    model = await loadEmbeddedModel({ file: file as string, sequences: 2 });
  });
  afterAll(() => model.close());

  const answer = (question: Question) =>
    read((onUsage) => model.complete(question, { signal: AbortSignal.timeout(50_000), onUsage }));
  const likeliest = { temperature: 0, maxTokens: 6 };
  const why = ask("Why is the sky blue?", likeliest);

  it("streams two answers side by side, and the same again after them, at the same cost", async () => {
    const [first, other] = await Promise.all([answer(why), answer(ask("Say hello.", likeliest))]);
    expect(first.pieces.length).toBeGreaterThan(1);
    expect(first.finish).toBe("length");
    expect(other.text).not.toBe(first.text);
    expect(first.usage).toEqual([{ prompt: expect.any(Number), completion: 6 }]);
    expect(first.usage[0]?.prompt).toBeGreaterThan(10);
    // Its prompt is in the memory of the model now.
    for (const again of [await answer(why), await answer(why)]) expect(again).toEqual(first);
  });

  it.each([1, 3, 5])("continues an answer behind its first %i pieces", async (kept) => {
    const whole = await answer({ ...why, maxTokens: 12 });
    const begun = whole.pieces.slice(0, kept).map((piece) => (piece.kind === "text" ? piece.text : ""));
    const content = begun.join("");
    const messages = [...why.messages, { role: "assistant" as const, content }];
    const rest = await answer({ ...why, messages, maxTokens: 12 - kept });
    expect(content + rest.text).toBe(whole.text);
    const [first] = whole.usage;
    expect(rest.usage).toEqual([{ prompt: (first?.prompt ?? 0) + kept, completion: 12 - kept }]);
  });

  it("continues behind white space", async () => {
    const messages = [...why.messages, { role: "assistant" as const, content: "The sky is blue.\n\n" }];
    const { text } = await answer({ ...why, messages });
    expect(text).not.toContain("The sky is blue.\n\n");
    expect(text.length).toBeGreaterThan(0);
  });

  it("counts the prompt of an answer that outgrows the context, and gives its place back", async () => {
    const small = await loadEmbeddedModel({ file: file as string, sequences: 1, contextSize: 256 });
    const answerSmall = (maxTokens: number) => {
      const question = ask("Tell a very long story about the sea.", { temperature: 0, maxTokens });
      return read((onUsage) => small.complete(question, { signal: AbortSignal.timeout(50_000), onUsage }));
    };
    try {
      const [short, long] = [await answerSmall(2), await answerSmall(320)];
      expect(long.usage).toHaveLength(1);
      expect(long.usage[0]?.prompt).toBe(short.usage[0]?.prompt);
      expect((await answerSmall(2)).usage).toEqual(short.usage);
      // Otherwise it has not outgrown anything.
      expect(long.usage[0]?.completion).toBeGreaterThan(256);
    } finally {
      await small.close();
    }
  });

  it("stops its work when aborted, and has the place for others", async () => {
    const usage: { completion: number }[] = [];
    const long = { ...ask("Tell a very long story.", { temperature: 0 }), maxTokens: 1000 };
    const begin = async () => {
      const stop = new AbortController();
      const pieces = model.complete(long, { signal: stop.signal, onUsage: (used) => usage.push(used) });
      await pieces.next();
      return { stop, pieces };
    };
    for (const { stop, pieces } of [await begin(), await begin()]) {
      stop.abort(new Error("the client went away"));
      await expect(
        (async () => {
          for await (const _ of pieces);
        })(),
      ).rejects.toThrow("the client went away");
    }
    expect(usage).toHaveLength(2);
    for (const { completion } of usage) expect(completion).toBeLessThan(200);
    // Both sequences are free again.
    expect((await answer(why)).pieces.length).toBeGreaterThan(1);
  });
});
