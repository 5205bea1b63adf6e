import { describe, expect, it } from "vitest";
import { MAX_CONTEXT_DEPTH, UpdateContextRequest } from "./sessions.ts";

/** An object with so many levels of arrays, or of objects, in it. */
const arrays = (levels: number) => JSON.parse(`{"k":${"[".repeat(levels)}${"]".repeat(levels)}}`);
const objects = (levels: number) => JSON.parse(`{"k":${'{"a":'.repeat(levels)}1${"}".repeat(levels)}}`);

describe("UpdateContextRequest", () => {
  it.each([arrays, objects])("takes so many levels, and refuses more, however many (%o)", (nested) => {
    expect(UpdateContextRequest.safeParse(nested(MAX_CONTEXT_DEPTH - 1)).success).toBe(true);
    for (const levels of [MAX_CONTEXT_DEPTH, 10_000]) {
      const { error } = UpdateContextRequest.safeParse(nested(levels));
      expect(error?.issues.map(({ message }) => message)).toEqual([
        "may have 32 levels of objects and arrays",
      ]);
    }
  });
});
