import { readConfig } from "@mobile-ai-agent/service-kit";
import { describe, expect, it } from "vitest";
import { gatewayConfig } from "./config.ts";

const env = {
  AUTH_SERVICE_URL: "http://auth-service:8000",
  CONTEXT_PROTOCOL_SERVER_URL: "http://context-protocol-server:8000",
};

describe("gatewayConfig", () => {
  it("takes origins", () => {
    expect(readConfig(gatewayConfig, env)).toMatchObject({ ...env, UPSTREAM_TIMEOUT: 30 });
  });

  it.each(["auth-service:8000", "ftp://auth-service", "http://auth-service/api"])("refuses %s", (url) => {
    expect(() => readConfig(gatewayConfig, { ...env, AUTH_SERVICE_URL: url })).toThrow(
      /AUTH_SERVICE_URL: must be/,
    );
  });
});
