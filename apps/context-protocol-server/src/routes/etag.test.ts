import { describe, expect, it } from "vitest";
import { etagOf, versionToMatch } from "./etag.ts";

describe("versionToMatch", () => {
  it("reads what etagOf wrote", () => {
    expect(versionToMatch(etagOf({ version: 7 }))).toBe(7);
    expect(versionToMatch(etagOf({ version: 0 }))).toBe(0);
  });

  it("allows any version without the header and with *", () => {
    expect(versionToMatch(undefined)).toBeUndefined();
    expect(versionToMatch("*")).toBeUndefined();
  });

  it.each(["7", 'W/"7"', '"abc"', '"-1"', "", '"1","2"'])("refuses %s with 412", (tag) => {
    expect(() => versionToMatch(tag)).toThrow(expect.objectContaining({ status: 412 }));
  });
});
