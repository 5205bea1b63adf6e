import { createServer } from "node:http";
import { SOCKET_PATH, TokenResponse } from "@mobile-ai-agent/contracts";
import { listen } from "@mobile-ai-agent/service-kit";
import { createIssuer, forgedTokens } from "@mobile-ai-agent/test-support";
import { io } from "socket.io-client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVICE_NAMES, SERVICES, type ServiceName } from "../../infra/services.ts";
import { type Platform, startPlatform } from "./platform.ts";

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let platform: Platform;
let forgersRequests = 0;
let valid: string;
let forged: { name: string; token: string }[];

beforeAll(async () => {
  platform = await startPlatform(issuer);
  cleanup.defer(() => platform.stop());
  const forger = await listen(
    createServer((_request, response) => {
      forgersRequests += 1;
      response.end(JSON.stringify(createIssuer().jwks()));
    }),
    0,
  );
  cleanup.defer(() => forger.close());
  const account = { username: "ann", email: "ann@example.org", password: "correct horse battery" };
  await post("/api/auth/register", account);
  const { username, password } = account;
  valid = TokenResponse.parse(
    await (await post("/api/auth/login", { username, password })).json(),
  ).access_token;
  const { sub, sid } = JSON.parse(Buffer.from(valid.split(".")[1] ?? "", "base64url").toString());
  forged = forgedTokens({ issuer, claims: { sub, sid }, forgersUrl: `http://127.0.0.1:${forger.port}` });
});
afterAll(() => cleanup.disposeAsync());

const post = (path: string, body: object) =>
  fetch(platform.auth + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

type Verdict = "let in" | "refused" | `something else: ${string}`;

async function overHttp(url: string, token: string, body?: object): Promise<Verdict> {
  const response = await fetch(url, {
    method: body ? "POST" : "GET",
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
    },
    body: body ? JSON.stringify(body) : null,
  });
  await response.body?.cancel();
  if (response.ok) return "let in";
  const challenged = response.headers.get("www-authenticate")?.startsWith("Bearer");
  return response.status === 401 && challenged ? "refused" : `something else: ${response.status}`;
}

function overSocket(url: string, token: string): Promise<Verdict> {
  const options = { path: SOCKET_PATH, transports: ["websocket"], forceNew: true, reconnection: false };
  const socket = io(url, { ...options, auth: { token } });
  return new Promise<Verdict>((resolve) => {
    socket.once("connect", () => resolve("let in"));
    socket.once("connect_error", ({ message }) =>
      resolve(message === "unauthorized" ? "refused" : `something else: ${message}`),
    );
  }).finally(() => socket.disconnect());
}

const INITIALIZE = {
  jsonrpc: "2.0",
  id: 1,
  method: "initialize",
  params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } },
};

/** The ways by which a token gets into each service. */
const WAYS: Partial<Record<ServiceName, Record<string, (token: string) => Promise<Verdict>>>> = {
  "api-gateway": {
    "its proxy": (token) => overHttp(`${platform.gateway}/api/session`, token),
    "its proxy, to MCP": (token) => overHttp(`${platform.gateway}/mcp`, token, INITIALIZE),
  },
  "auth-service": { HTTP: (token) => overHttp(`${platform.auth}/api/users/me`, token) },
  "context-protocol-server": {
    HTTP: (token) => overHttp(`${platform.context}/api/session`, token),
    MCP: (token) => overHttp(`${platform.context}/mcp`, token, INITIALIZE),
  },
  "websocket-server": { "the handshake": (token) => overSocket(platform.sockets, token) },
};

describe("every service that takes access tokens", () => {
  it("is tried here", () => {
    const takers = SERVICE_NAMES.filter((name) => SERVICES[name].links?.includes("token-verification"));
    expect(Object.keys(WAYS)).toEqual(expect.arrayContaining(takers));
    expect(forged.length).toBeGreaterThan(90);
  });

  const ways = Object.entries(WAYS).flatMap(([name, ofService]) =>
    Object.entries(ofService).map(([way, attempt]) => ({ name, way, attempt })),
  );
  it.each(ways)("$name lets a valid token in by $way, and refuses all forged ones", async ({ attempt }) => {
    expect(await attempt(valid)).toBe("let in");
    const verdicts: Record<string, Verdict> = {};
    for (const { name, token } of forged) verdicts[name] = await attempt(token);
    const taken = Object.entries(verdicts).filter(([, verdict]) => verdict !== "refused");
    expect(taken).toEqual([]);
    expect(await attempt(valid)).toBe("let in");
  });

  it("asks no address that a token names", () => {
    expect(forgersRequests).toBe(0);
  });
});
