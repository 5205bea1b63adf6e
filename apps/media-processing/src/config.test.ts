import { readConfig } from "@mobile-ai-agent/service-kit";
import { CONTENT_ENV, createAuditKey } from "@mobile-ai-agent/test-support";
import { expect, it } from "vitest";
import { mediaConfig } from "./config.ts";

const env = {
  ...{ MONGODB_URI: "mongodb://mongodb/agent", JWT_ISSUER: "https://issuer.test", JWT_AUDIENCE: "agent" },
  ...{ JWKS_URL: "http://auth-service:8000/.well-known/jwks.json", OBJECT_STORE_URL: "file:///objects" },
  ...{ MEDIA_URL_KEY: "k".repeat(32), AUDIT_KEYS: createAuditKey(), REDIS_URL: "redis://redis:6379" },
  ...CONTENT_ENV,
};

it("has defaults for all but addresses and the key", () => {
  expect(readConfig(mediaConfig, env)).toMatchObject({
    ...{ MAX_UPLOAD_BYTES: 10_485_760, MAX_PIXELS: 40_000_000, MAX_AUDIO_SECONDS: 300 },
    ...{ SCRATCH_DIR: "/tmp", CONVERSIONS: 1, UPLOADS: 16 },
    ...{ UPLOADS_PER_USER: 2, UPLOAD_IDLE_TIMEOUT: 10 },
  });
});

it.each([
  ["OBJECT_STORE_URL", "/objects"],
  ["OBJECT_STORE_URL", "s3://bucket/folder"],
  ["MEDIA_URL_KEY", "short"],
  ["MAX_UPLOAD_BYTES", "10MB"],
  ["MAX_AUDIO_SECONDS", "0"],
  ["CONVERSIONS", "1.5"],
  ["UPLOADS_PER_USER", "0"],
  ["UPLOAD_IDLE_TIMEOUT", "10s"],
])("refuses %s=%s, by name", (name, value) => {
  expect(() => readConfig(mediaConfig, { ...env, [name]: value })).toThrow(`- ${name}: `);
});
