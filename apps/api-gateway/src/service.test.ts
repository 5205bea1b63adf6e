import { once } from "node:events";
import { createServer, request as httpRequest, type IncomingMessage } from "node:http";
import { Problem } from "@mobile-ai-agent/contracts";
import { createLogger, listen, readConfig } from "@mobile-ai-agent/service-kit";
import { freePort } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { gatewayConfig } from "./config.ts";
import { createApiGateway } from "./service.ts";

/** Tells what arrived; `/slow` never answers, `/cut` breaks off before it does. */
const context = createServer(async (request, response) => {
  if (request.url?.endsWith("/slow")) return;
  if (request.url?.endsWith("/cut")) return request.socket.destroy();
  let body = "";
  for await (const chunk of request) body += chunk;
  const { method, url, headers } = request;
  response.setHeader("etag", '"7"').end(JSON.stringify({ method, url, headers, body }));
});
const connections = new Set<unknown>();
context.on("connection", (socket) => connections.add(socket));

let upstream: Awaited<ReturnType<typeof listen>>;
let gateway: ReturnType<typeof createApiGateway>;
let base: string;

beforeAll(async () => {
  upstream = await listen(context, 0);
  const config = readConfig(gatewayConfig, {
    PORT: "0",
    METRICS_PORT: "0",
    AUTH_SERVICE_URL: `http://127.0.0.1:${await freePort()}`,
    CONTEXT_PROTOCOL_SERVER_URL: `http://127.0.0.1:${upstream.port}`,
    UPSTREAM_TIMEOUT: "0.2",
  });
  gateway = createApiGateway(config, createLogger("api-gateway", "none"));
  await gateway.start();
  base = `http://127.0.0.1:${gateway.ports().http}`;
});
afterAll(async () => {
  await gateway?.stop();
  context.closeAllConnections();
  await upstream?.close();
});

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toMatch("application/problem+json");
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  expect(problem.request_id).toBe(response.headers.get("x-request-id"));
  return problem;
}

describe("api-gateway", () => {
  it("passes method, path, query, body, token and request id on, and says where the request came from", async () => {
    const response = await fetch(`${base}/api/message/1?after=2`, {
      method: "POST",
      headers: {
        authorization: "Bearer t",
        "x-request-id": "request-0001",
        "content-type": "application/json",
      },
      body: '{"content":"hello"}',
    });
    expect(response.headers.get("etag")).toBe('"7"');
    expect(await response.json()).toMatchObject({
      method: "POST",
      url: "/api/message/1?after=2",
      body: '{"content":"hello"}',
      headers: {
        authorization: "Bearer t",
        "x-request-id": "request-0001",
        "x-forwarded-for": expect.stringContaining("127.0.0.1"),
        "x-forwarded-proto": "http",
        "x-forwarded-host": new URL(base).host,
      },
    });
  });

  it.each(["/mcp", "/.well-known/oauth-protected-resource/mcp"])("passes %s on", async (path) => {
    const response = await fetch(base + path, { method: "POST", body: "{}" });
    const { url, headers } = (await response.json()) as { url: string; headers: Record<string, string> };
    expect(url).toBe(path);
    // The MCP endpoint checks by which name it was addressed.
    expect(headers.host).toBe(new URL(base).host);
  });

  it("gives the service a request id and a trace when the caller has none", async () => {
    const response = await fetch(`${base}/api/session`);
    const { headers } = (await response.json()) as { headers: Record<string, string> };
    expect(headers["x-request-id"]).toBe(response.headers.get("x-request-id"));
    expect(response.headers.get("x-trace-id")).toMatch(/^[0-9a-f]{32}$/);
    expect(headers.traceparent).toContain(response.headers.get("x-trace-id"));
  });

  it("uses a connection again", async () => {
    const before = connections.size;
    for (let n = 0; n < 5; n += 1) await (await fetch(`${base}/api/context/${n}`)).text();
    expect(connections.size - before).toBeLessThanOrEqual(1);
  });

  it.each(["/", "/api", "/api/sessions", "/metrics", "/api/internal"])("has no %s", async (path) => {
    expect((await problemOf(await fetch(base + path))).status).toBe(404);
  });

  it("answers 502 when the service can't be reached or breaks off, 504 when it takes too long", async () => {
    expect(
      (await problemOf(await fetch(`${base}/api/auth/login`, { method: "POST", body: "{}" }))).status,
    ).toBe(502);
    expect((await problemOf(await fetch(`${base}/api/run/cut`))).status).toBe(502);
    expect((await problemOf(await fetch(`${base}/api/run/slow`))).status).toBe(504);
    expect((await fetch(`${base}/api/run/1`)).status).toBe(200);
  });

  it("refuses a body over 1 MiB before it comes, and one of unknown length", async () => {
    const begin = async (headers: Record<string, string | number>) => {
      const request = httpRequest(`${base}/api/message/1`, { method: "POST", headers });
      request.on("error", () => {});
      request.flushHeaders();
      const [response] = (await once(request, "response")) as [IncomingMessage];
      request.destroy();
      return response.statusCode;
    };
    expect(await begin({ "content-length": 1024 * 1024 + 1 })).toBe(413);
    expect(await begin({ "transfer-encoding": "chunked" })).toBe(411);
    const largest = await fetch(`${base}/api/message/1`, { method: "POST", body: "x".repeat(1024 * 1024) });
    expect(largest.status).toBe(200);
  });
});
