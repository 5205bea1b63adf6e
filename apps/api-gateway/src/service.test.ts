import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { Problem } from "@mobile-ai-agent/contracts";
import { listen } from "@mobile-ai-agent/service-kit";
import { createIssuer } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGateway } from "./testing/start-gateway.ts";

/** Tells what arrived. */
const context = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { method, url, headers } = request;
  response.setHeader("etag", '"7"').end(JSON.stringify({ method, url, headers, body }));
});
const connections = new Set<unknown>();
context.on("connection", (socket) => connections.add(socket));

const issuer = createIssuer();
const authorization = `Bearer ${issuer.token()}`;
const cleanup = new AsyncDisposableStack();
let base: string;
let contextUrl: string;

beforeAll(async () => {
  const keys = await issuer.serve();
  cleanup.defer(() => keys.stop());
  const upstream = await listen(context, 0);
  cleanup.defer(() => upstream.close());
  contextUrl = `http://127.0.0.1:${upstream.port}`;
  const gateway = await startGateway({
    JWKS_URL: keys.jwksUrl,
    CONTEXT_PROTOCOL_SERVER_URL: contextUrl,
    MEDIA_PROCESSING_URL: contextUrl,
  });
  cleanup.defer(() => gateway.stop());
  base = gateway.base;
});
afterAll(() => cleanup.disposeAsync());

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toMatch("application/problem+json");
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.request_id).toBe(response.headers.get("x-request-id"));
  return problem;
}

interface Arrived {
  readonly url: string;
  readonly headers: Record<string, string>;
}

/** What arrived at the service of a request whose headers `fetch` would not send. */
async function arrivedOf(path: string, headers: Record<string, string>): Promise<Arrived> {
  const request = httpRequest(base + path, { headers: { authorization, ...headers } }).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  return JSON.parse(Buffer.concat(await response.toArray()).toString());
}

describe("api-gateway", () => {
  it("passes method, path, query, body, token and request id on, and says where the request came from", async () => {
    const response = await fetch(`${base}/api/message/1?after=2`, {
      method: "POST",
      headers: { authorization, "x-request-id": "request-0001", "content-type": "application/json" },
      body: '{"content":"hello"}',
    });
    expect(response.headers.get("etag")).toBe('"7"');
    expect(await response.json()).toMatchObject({
      method: "POST",
      url: "/api/message/1?after=2",
      body: '{"content":"hello"}',
      headers: {
        authorization,
        "x-request-id": "request-0001",
        "x-forwarded-for": expect.stringContaining("127.0.0.1"),
        "x-forwarded-proto": "http",
        "x-forwarded-host": new URL(base).host,
      },
    });
  });

  it.each(["/mcp", "/.well-known/oauth-protected-resource/mcp"])(
    "passes %s on, also without a token",
    async (path) => {
      const response = await fetch(base + path, { method: "POST", body: "{}" });
      const { url, headers } = (await response.json()) as Arrived;
      expect(url).toBe(path);
      // The MCP endpoint checks by which name it was addressed.
      expect(headers.host).toBe(new URL(base).host);
    },
  );

  it("gives the service a request id and a trace when the caller has none", async () => {
    const response = await fetch(`${base}/api/session`, { headers: { authorization } });
    const { headers } = (await response.json()) as Arrived;
    expect(headers["x-request-id"]).toBe(response.headers.get("x-request-id"));
    expect(response.headers.get("x-trace-id")).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.traceparent).toContain(response.headers.get("x-trace-id"));
  });

  it("keeps to itself what is of one connection, or what a stranger says of proxies", async () => {
    const { headers } = await arrivedOf("/api/session", {
      connection: "close, x-private, content-length, host",
      "x-private": "1",
      "keep-alive": "timeout=1",
      te: "trailers",
      "x-forwarded-for": "203.0.113.9",
      "x-forwarded-host": "evil.example",
      "x-forwarded-port": "1",
      "x-real-ip": "203.0.113.9",
      forwarded: "for=203.0.113.9",
    });
    expect(Object.keys(headers).sort()).toEqual(
      [
        ...["authorization", "connection", "host", "traceparent", "x-request-id"],
        ...["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"],
      ].sort(),
    );
    expect(headers).toMatchObject({ connection: "keep-alive", "x-forwarded-host": new URL(base).host });
    expect(headers["x-forwarded-for"]).toMatch(/127\.0\.0\.1$/);
    expect(headers["x-forwarded-for"]).not.toContain("203.0.113.9");
  });

  it("takes a request of HTTP/1.0, which need not name a host", async () => {
    const socket = connect(Number(new URL(base).port), "127.0.0.1");
    socket.write(`GET /api/session HTTP/1.0\r\nauthorization: ${authorization}\r\n\r\n`);
    const answer = Buffer.concat(await socket.toArray()).toString();
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toMatch(/\r\nconnection: close\r\n/i);
  });

  it("uses a connection again, also for callers who don't", async () => {
    const before = connections.size;
    for (let n = 0; n < 5; n += 1) await arrivedOf(`/api/context/${n}`, { connection: "close" });
    expect(connections.size - before).toBeLessThanOrEqual(1);
  });

  it.each(["/", "/api", "/api/sessions", "/metrics", "/api/internal"])(
    "has no %s, and limits it",
    async (path) => {
      const response = await fetch(base + path);
      expect(response.headers.get("ratelimit")).toMatch(/^"(api|other)";r=\d+;t=\d+$/);
      expect((await problemOf(response)).status).toBe(404);
    },
  );

  it("answers no probes: they are on the other port, which knows no limits", async () => {
    expect((await fetch(`${base}/readyz`)).status).toBe(404);
    expect((await fetch(`${base}/health`)).status).toBe(404);
  });

  it("refuses a body over its route's limit before it comes, and one of unknown length", async () => {
    const begin = async (path: string, headers: Record<string, string | number>) => {
      const request = httpRequest(base + path, { method: "POST", headers: { authorization, ...headers } });
      request.on("error", () => {});
      request.flushHeaders();
      const [response] = (await once(request, "response")) as [IncomingMessage];
      request.destroy();
      return response.statusCode;
    };
    expect(await begin("/api/message/1", { "content-length": 128 * 1024 + 1 })).toBe(413);
    expect(await begin("/api/message/1", { "transfer-encoding": "chunked" })).toBe(411);
    expect(await begin("/api/media", { "content-length": 13 * 1024 * 1024 })).toBe(413);
    const send = (path: string, size: number) =>
      fetch(base + path, { method: "POST", headers: { authorization }, body: "x".repeat(size) });
    expect((await send("/api/message/1", 128 * 1024)).status).toBe(200);
    const picture = await send("/api/media", 12 * 1024 * 1024);
    expect(((await picture.json()) as { body: string }).body).toHaveLength(12 * 1024 * 1024);
  });
});

describe("who asks", () => {
  const get = (path: string, authorization?: string) =>
    fetch(base + path, authorization === undefined ? {} : { headers: { authorization } });

  it.each(["/api/session", "/api/context/1", "/api/message/1", "/api/run/1", "/api/media", "/api/users/me"])(
    "is asked here already at %s",
    async (path) => {
      const missing = await get(path);
      expect((await problemOf(missing)).status).toBe(401);
      expect(missing.headers.get("www-authenticate")).toBe("Bearer");
      const invalid = await get(path, `Bearer ${createIssuer().token()}`);
      expect((await problemOf(invalid)).status).toBe(401);
      expect(invalid.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    },
  );

  it("is left to the service while the keys can't be had: it verifies tokens itself", async () => {
    const gateway = await startGateway({ CONTEXT_PROTOCOL_SERVER_URL: contextUrl });
    try {
      const response = await fetch(`${gateway.base}/api/session`, { headers: { authorization } });
      expect(response.status).toBe(200);
    } finally {
      await gateway.stop();
    }
  });
});

describe("pages of other origins", () => {
  const preflight = (url: string, origin: string) =>
    fetch(`${url}/api/session`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization",
      },
    });

  it("are not let in by default", async () => {
    const response = await preflight(base, "https://a.example");
    expect(response.status).toBe(401);
    expect([...response.headers.keys()].filter((name) => name.startsWith("access-control-"))).toEqual([]);
  });

  it("are let in where the configuration names them, and may read what they need", async () => {
    const { base: open, stop } = await startGateway({ CORS_ALLOWED_ORIGINS: "https://a.example" });
    try {
      const allowed = await preflight(open, "https://a.example");
      expect(allowed.status).toBe(204);
      expect(allowed.headers.get("access-control-allow-origin")).toBe("https://a.example");
      expect(allowed.headers.get("access-control-allow-headers")).toMatch(/authorization/i);
      expect(allowed.headers.get("access-control-allow-credentials")).toBeNull();
      const other = await preflight(open, "https://b.example");
      expect(other.headers.get("access-control-allow-origin")).toBeNull();
      const refused = await fetch(`${open}/api/session`, { headers: { origin: "https://a.example" } });
      expect(refused.status).toBe(401);
      expect(refused.headers.get("access-control-allow-origin")).toBe("https://a.example");
      expect(refused.headers.get("access-control-expose-headers")).toMatch(/Retry-After.*RateLimit/);
    } finally {
      await stop();
    }
  });
});
