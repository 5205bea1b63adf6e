import { CONTENT_ENV } from "@mobile-ai-agent/test-support";
import { describe, expect, it } from "vitest";
import { readServiceConfig } from "./config.ts";

const env = {
  JWT_ISSUER: "https://agent.example",
  JWT_AUDIENCE: "mobile-ai-agent",
  JWKS_URL: "http://auth-service:8000/.well-known/jwks.json",
  MONGODB_URI: "mongodb://mongodb/mobile-ai-agent",
  REDIS_URL: "redis://redis",
  RUN_TOKEN_KEY: "k".repeat(32),
  ...CONTENT_ENV,
  MCP_URL: "https://agent.example/mcp",
  MCP_ALLOWED_HOSTS: "agent.example, [::1]",
};

describe("readServiceConfig", () => {
  it("reads lists of names; no page's origin is allowed unless it is named", () => {
    expect(readServiceConfig(env)).toMatchObject({
      MCP_ALLOWED_HOSTS: ["agent.example", "[::1]"],
      MCP_ALLOWED_ORIGINS: [],
    });
    const named = readServiceConfig({ ...env, MCP_ALLOWED_ORIGINS: "a.example,b.example" });
    expect(named.MCP_ALLOWED_ORIGINS).toEqual(["a.example", "b.example"]);
  });

  it.each([
    ["MCP_URL", "https://agent.example/"],
    ["MCP_URL", "agent.example/mcp"],
    ["MCP_ALLOWED_HOSTS", undefined],
    ["MCP_ALLOWED_HOSTS", ","],
    ["MCP_ALLOWED_HOSTS", "agent.example:8443"],
    ["MCP_ALLOWED_ORIGINS", "https://agent.example"],
  ])("refuses %s=%s", (name, value) => {
    expect(() => readServiceConfig({ ...env, [name]: value })).toThrow(new RegExp(name));
  });
});
