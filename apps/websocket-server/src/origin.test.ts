import { describe, expect, it } from "vitest";
import { isAllowedOrigin } from "./origin.ts";

describe("isAllowedOrigin", () => {
  it.each([
    [{ host: "agent.test" }, true],
    [{ host: "agent.test", origin: "https://agent.test" }, true],
    [{ host: "agent.test:8443", origin: "https://agent.test:8443" }, true],
    [{ host: "agent.test", origin: "https://app.test" }, true],
    [{ host: "agent.test", origin: "https://evil.test" }, false],
    [{ host: "agent.test", origin: "https://agent.test.evil.test" }, false],
    [{ host: "agent.test", origin: "null" }, false],
    [{ origin: "https://agent.test" }, false],
  ])("%j: %s", (headers, allowed) => {
    expect(isAllowedOrigin(headers, ["https://app.test"])).toBe(allowed);
  });
});
