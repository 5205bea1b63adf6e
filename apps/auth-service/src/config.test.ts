import { generateKeyPairSync } from "node:crypto";
import { readConfig } from "@mobile-ai-agent/service-kit";
import { createAuditKey, createIssuer } from "@mobile-ai-agent/test-support";
import { describe, expect, it } from "vitest";
import { authConfig } from "./config.ts";

const env = {
  MONGODB_URI: "mongodb://localhost/auth",
  REDIS_URL: "redis://localhost",
  AUDIT_KEYS: createAuditKey(),
  SECOND_FACTOR_KEYS: Buffer.alloc(32, 1).toString("base64"),
  JWT_ISSUER: "https://issuer.test",
  JWT_AUDIENCE: "mobile-ai-agent",
  JWT_PRIVATE_KEYS: createIssuer().privateKey,
};

describe("authConfig", () => {
  it("has the lifetimes of half an hour and a week", () => {
    expect(readConfig(authConfig, env)).toMatchObject({ ACCESS_TTL: 1800, REFRESH_TTL: 604_800 });
  });

  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  it.each([
    ["no key", "hunter2"],
    ["an RSA key", rsa.export({ type: "pkcs8", format: "pem" }) as string],
    ["a public key", createIssuer().publicKey],
  ])("refuses %s as the signing key without repeating it", (_name, JWT_PRIVATE_KEYS) => {
    expect(() => readConfig(authConfig, { ...env, JWT_PRIVATE_KEYS })).toThrow(
      /JWT_PRIVATE_KEYS: must be P-256 private keys in PKCS #8 PEM; correct JWT_PRIVATE_KEYS$/,
    );
  });
});
