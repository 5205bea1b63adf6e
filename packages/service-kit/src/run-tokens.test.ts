import { randomUUID } from "node:crypto";
import { createIssuer } from "@mobile-ai-agent/test-support";
import jwt from "jsonwebtoken";
import { describe, expect, it } from "vitest";
import { readRunToken, signRunToken } from "./run-tokens.ts";
import { InvalidToken } from "./token-verifier.ts";

const key = "k".repeat(32);
const runId = randomUUID();
const claims = { run_id: runId, iss: "agent-orchestrator", aud: "context-protocol-server" };
const forge = (changes: object = {}, secret = key, options: jwt.SignOptions = {}) =>
  jwt.sign({ ...claims, ...changes }, secret, {
    algorithm: "HS256",
    header: { alg: options.algorithm ?? "HS256", typ: "run+jwt" },
    expiresIn: 60,
    ...options,
  });

describe("readRunToken", () => {
  it("gives the run of a token that signRunToken made", () => {
    expect(readRunToken(key, signRunToken(key, runId))).toBe(runId);
    expect(readRunToken(key, forge())).toBe(runId);
  });

  it.each([
    ["another key", () => forge({}, "x".repeat(32))],
    ["another algorithm", () => forge({}, key, { algorithm: "HS512" })],
    ["no signature", () => forge({}, "", { algorithm: "none" })],
    ["the past", () => forge({ iat: 1000 })],
    [
      "more than a minute",
      () => forge({ iat: Math.floor(Date.now() / 1000) - 120 }, key, { expiresIn: 3600 }),
    ],
    ["another issuer", () => forge({ iss: "auth-service" })],
    ["another audience", () => forge({ aud: "mobile-ai-agent" })],
    ["no run", () => forge({ run_id: undefined })],
  ])("refuses a token of %s", (_what, make) => {
    expect(() => readRunToken(key, make())).toThrow(InvalidToken);
  });

  it.each([createIssuer().token(), "nonsense", ""])("leaves tokens of other kinds to others", (token) => {
    expect(readRunToken(key, token)).toBeUndefined();
  });
});
