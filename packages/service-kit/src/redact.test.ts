import { describe, expect, it } from "vitest";
import { redact } from "./redact.ts";

const SECRET = "hunter2hunter2";
const JWT = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl";
const PEM = `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`;

describe("redact, by the name of a key", () => {
  it.each([
    ["authorization", "Authorization"],
    ["proxy-authorization", "cookie"],
    ["set-cookie", "password"],
    ["newPassword", "password_hash"],
    ["passphrase", "client_secret"],
    ["token", "access_token"],
    ["refreshToken", "refresh_tokens"],
    ["x-api-key", "OPENAI_API_KEY"],
    ["privateKey", "private_key"],
    ["jwt", "credentials"],
  ])("%s and %s", (...keys) => {
    for (const key of keys) {
      for (const value of [SECRET, [SECRET], { inner: SECRET }, Buffer.from(SECRET)])
        expect(JSON.stringify(redact("", { outer: [{ [key]: value }] })), key).not.toContain("hunter");
    }
  });
});

describe("redact, by the shape in a text", () => {
  it.each([
    ["a JWT", `got ${JWT} there`, JWT],
    ["a JWT without a signature", `got ${JWT.slice(0, JWT.lastIndexOf(".") + 1)} there`, "eyJzdWIi"],
    ["a bearer token", `header Bearer ${SECRET}`, SECRET],
    ["basic credentials", `header basic ${SECRET}==`, SECRET],
    ["an authorization header", `GET / HTTP/1.1\nAuthorization: ApiKey a ${SECRET}\nHost: x`, SECRET],
    ["cookies", `Cookie: theme=dark; sid=${SECRET}`, SECRET],
    ["a set cookie", `set-cookie: sid=${SECRET}; HttpOnly`, SECRET],
    ["a URL's password", `mongodb://user:${SECRET}@db:27017/agent failed`, SECRET],
    ["a URL's password without a user", `redis://:${SECRET}@redis:6379`, SECRET],
    ["a query", `/socket?access_token=${SECRET}&v=4`, SECRET],
    ["a shell's variable", `OPENAI_API_KEY=${SECRET} node`, SECRET],
    ["JSON", `refused {"password":"${SECRET}","name":"ann"}`, SECRET],
    ["JSON with a quote in it", `{"password": "a\\"${SECRET}"}`, SECRET],
    ["an inspected object", `{ refreshToken: '${SECRET}' }`, SECRET],
    ["a private key", `key ${PEM} end`, SECRET],
    ["a private key that was cut off", PEM.slice(0, 50), SECRET],
  ])("%s", (_, text, secret) => {
    expect(text).toContain(secret.slice(0, 8));
    const error = new Error(text, { cause: new Error(text) });
    for (const value of [text, [text], { message: text }, { error }, { url: { deep: text } }]) {
      expect(JSON.stringify(redact("message", value))).not.toContain(secret.slice(0, 8));
    }
  });

  it("takes the password of a URL object", () => {
    expect(redact("url", new URL(`https://ann:${SECRET}@host.test/path`))).toBe(
      "https://[redacted]@host.test/path",
    );
  });

  it.each([
    "JWT_PRIVATE_KEY: is missing; set JWT_PRIVATE_KEY, or JWT_PRIVATE_KEY_FILE",
    "the access token has expired",
    "wrote 12 tokens to run 3f2a",
    "the password must have 12 characters: choose another",
    "see https://example.com/a@b and mail ann@example.com",
    "https://agent.example.com:8443/api/session",
  ])("leaves alone: %s", (text) => {
    expect(redact("message", text)).toBe(text);
  });

  it("keeps what is no secret, and numbers of tokens", () => {
    const harmless = { tokens: 12, max_tokens: 256, user: "ann", at: new Date(0), none: null };
    expect(redact("", harmless)).toEqual(harmless);
  });
});
