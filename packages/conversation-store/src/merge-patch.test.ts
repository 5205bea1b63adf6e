import { describe, expect, it } from "vitest";
import { type JsonObject, mergePatch } from "./merge-patch.ts";

describe("mergePatch", () => {
  // RFC 7396, appendix A: the cases whose target and patch are objects.
  const cases: [target: JsonObject, patch: JsonObject, result: JsonObject][] = [
    [{ a: "b" }, { a: "c" }, { a: "c" }],
    [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
    [{ a: "b" }, { a: null }, {}],
    [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
    [{ a: ["b"] }, { a: "c" }, { a: "c" }],
    [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
    [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
    [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];

  it.each(cases)("%j patched with %j is %j", (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  it("keeps __proto__ a plain key", () => {
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"admin": true}}') as JsonObject);
    expect(Object.getPrototypeOf(merged)).toBe(Object.prototype);
    expect(JSON.stringify(merged)).toBe('{"__proto__":{"admin":true}}');
    expect(mergePatch({}, merged)).not.toHaveProperty("admin");
  });

  it("changes neither argument", () => {
    const target = { a: { b: 1 } };
    const patch = { a: { c: 2 } };
    mergePatch(target, patch);
    expect({ target, patch }).toEqual({ target: { a: { b: 1 } }, patch: { a: { c: 2 } } });
  });
});
