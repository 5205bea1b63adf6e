import { describe, expect, it } from "vitest";
import { generateCorpus } from "./generate.ts";
import { measure } from "./measure.ts";

describe("the corpus", () => {
  const heldBack = generateCorpus("held-back");

  it("is the same each time, and its parts share no text", () => {
    expect(generateCorpus("held-back")).toEqual(heldBack);
    const train = new Set(generateCorpus("train").map(({ text }) => text));
    expect(heldBack.filter(({ text }) => train.has(text))).toEqual([]);
  });

  it("has as many look-alikes as attacks in each category", () => {
    for (const { attacks, benign } of measure(heldBack).values()) expect(attacks).toBe(benign);
  });

  it("is told apart: recall of 90 % and more, 1 % of false positives at most, in each category", () => {
    for (const seed of [1, 2]) {
      for (const [category, { recall, falsePositives }] of measure(generateCorpus("held-back", seed))) {
        expect(recall, `recall of ${category}`).toBeGreaterThanOrEqual(0.9);
        expect(falsePositives, `false positives of ${category}`).toBeLessThanOrEqual(0.01);
      }
    }
  });
});
