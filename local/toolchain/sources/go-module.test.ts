import { describe, expect, it } from "vitest";
import { isRecentGo } from "./go-module.ts";

describe("Go's version", () => {
  it.each(["go1.26.4", "go1.26.8", "go1.27", "go1.27rc1", "go2.0.0"])("accepts %s", (version) => {
    expect(isRecentGo(`go version ${version} linux/amd64`)).toBe(true);
  });

  it.each(["go1.26.3", "go1.26", "go1.19.8", "go0.99.99", ""])("refuses %s", (version) => {
    expect(isRecentGo(`go version ${version} linux/amd64`)).toBe(false);
  });
});
