import { readConfig } from "@mobile-ai-agent/service-kit";
import { describe, expect, it } from "vitest";
import { gatewayConfig } from "./config.ts";

const env = {
  AUTH_SERVICE_URL: "http://auth-service:8000",
  CONTEXT_PROTOCOL_SERVER_URL: "http://context-protocol-server:8000",
  REDIS_URL: "redis://redis:6379",
  JWT_ISSUER: "https://issuer.test",
  JWT_AUDIENCE: "mobile-ai-agent",
  JWKS_URL: "http://auth-service:8000/.well-known/jwks.json",
};
const read = (changes: object = {}) => readConfig(gatewayConfig, { ...env, ...changes });

describe("gatewayConfig", () => {
  it("has defaults for everything but addresses and the issuer", () => {
    expect(read()).toMatchObject({
      ...env,
      TRUSTED_PROXY_COUNT: 0,
      CORS_ALLOWED_ORIGINS: [],
      RATE_LIMIT_AUTH: { requests: 30, seconds: 60 },
      RATE_LIMIT_CHAT: { requests: 120, seconds: 60 },
      RATE_LIMIT_EXPORT: { requests: 10, seconds: 3600 },
      RATE_LIMIT_API: { requests: 300, seconds: 60 },
      RATE_LIMIT_OTHER: { requests: 60, seconds: 60 },
      RATE_LIMIT_AUTH_WITHOUT_REDIS: 10,
      UPSTREAM_CONNECT_TIMEOUT: 2,
      UPSTREAM_TIMEOUT: 30,
      UPSTREAM_TOTAL_TIMEOUT: 300,
    });
    expect(read()).not.toHaveProperty("MEDIA_PROCESSING_URL");
  });

  it("reads limits and origins", () => {
    const config = read({
      RATE_LIMIT_AUTH: "5/2",
      CORS_ALLOWED_ORIGINS: "https://a.example, http://b.example:81",
    });
    expect(config.RATE_LIMIT_AUTH).toEqual({ requests: 5, seconds: 2 });
    expect(config.CORS_ALLOWED_ORIGINS).toEqual(["https://a.example", "http://b.example:81"]);
  });

  it.each([
    ["AUTH_SERVICE_URL", "auth-service:8000"],
    ["AUTH_SERVICE_URL", "ftp://auth-service"],
    ["AUTH_SERVICE_URL", "http://auth-service/api"],
    ["RATE_LIMIT_API", "300"],
    ["RATE_LIMIT_API", "0/60"],
    ["RATE_LIMIT_API", "300/0.5"],
    ["RATE_LIMIT_API", "-1/60"],
    ["TRUSTED_PROXY_COUNT", "-1"],
    ["TRUSTED_PROXY_COUNT", "1.5"],
    ["TRUSTED_PROXY_COUNT", "all"],
    ["CORS_ALLOWED_ORIGINS", "*"],
    ["CORS_ALLOWED_ORIGINS", "https://a.example/"],
    ["UPSTREAM_FAILURES", "0"],
    ["UPSTREAM_TIMEOUT", "30s"],
  ])("refuses %s=%s", (name, value) => {
    expect(() => read({ [name]: value })).toThrow(new RegExp(`- ${name}: .*correct ${name}`));
  });
});
