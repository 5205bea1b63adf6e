import { expect, it } from "vitest";
import type { TokenUsage } from "../chat-model.ts";
import { loadEmbeddedModel } from "./embedded.ts";

const file = process.env.MODEL_FILE;

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

it.skipIf(!file)("streams from a real model, two answers side by side, and again after them", async () => {
  const model = await loadEmbeddedModel({ file: file as string, sequences: 2 });
  try {
    const usage: TokenUsage[] = [];
    const answer = (content: string) =>
      collect(
        model.complete([{ role: "user", content }], {
          maxTokens: 6,
          temperature: 0,
          signal: AbortSignal.timeout(50_000),
          onUsage: (used) => usage.push(used),
        }),
      );
    const [first, other] = await Promise.all([answer("Why is the sky blue?"), answer("Say hello.")]);
    expect(first.length).toBeGreaterThan(1);
    expect(other.join("")).not.toBe(first.join(""));
    expect(await answer("Why is the sky blue?")).toEqual(first);
    expect(usage).toHaveLength(3);
    for (const { prompt, completion } of usage) {
      expect(prompt).toBeGreaterThan(4);
      expect(completion).toBeGreaterThanOrEqual(first.length - 1);
      expect(completion).toBeLessThanOrEqual(7);
    }
  } finally {
    await model.close();
  }
});
