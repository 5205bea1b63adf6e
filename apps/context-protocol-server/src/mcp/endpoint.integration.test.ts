import { randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import { createLogger } from "@mobile-ai-agent/service-kit";
import { CONTENT_ENV, createIssuer, startMongo, startRedis } from "@mobile-ai-agent/test-support";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readServiceConfig } from "../config.ts";
import { createService } from "../service.ts";

const REPLICAS = 3;
const METADATA_URL = "https://agent.test/.well-known/oauth-protected-resource/mcp";

const RUN_TOKEN_KEY = "k".repeat(32);

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
const origins: string[] = [];
/** How many MCP requests each replica got. */
const served: number[] = Array(REPLICAS).fill(0);
let turn = 0;

beforeAll(async () => {
  const [redis, mongo, keys] = await Promise.all([startRedis(), startMongo(), issuer.serve()]);
  for (const resource of [redis, mongo, keys]) cleanup.defer(() => resource.stop());
  const config = readServiceConfig({
    PORT: "0",
    METRICS_PORT: "0",
    LOG_LEVEL: "error",
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWKS_URL: keys.jwksUrl,
    MONGODB_URI: mongo.uri,
    REDIS_URL: redis.url,
    RUN_TOKEN_KEY,
    ...CONTENT_ENV,
    MCP_URL: "https://agent.test/mcp",
    MCP_ALLOWED_HOSTS: "agent.test,127.0.0.1",
    MCP_ALLOWED_ORIGINS: "agent.test",
  });
  for (let replica = 0; replica < REPLICAS; replica++) {
    const service = createService(config, { logger: createLogger("test", "error") });
    cleanup.defer(() => service.stop());
    await service.start();
    origins.push(`http://127.0.0.1:${service.port()}`);
  }
});

afterAll(() => cleanup.disposeAsync());

/** As a load balancer does without affinity: each request goes to the next replica. */
const roundRobin = (input: string | URL, init?: RequestInit): Promise<Response> => {
  const replica = turn++ % REPLICAS;
  served[replica] = (served[replica] ?? 0) + 1;
  return fetch(new URL(new URL(input).pathname, origins[replica]), init);
};

type Mode = "legacy" | { pin: string };
const REVISIONS = [
  { revision: "2026-07-28", mode: { pin: "2026-07-28" } },
  { revision: "2025-11-25", mode: "legacy" },
] as const;

const newToken = () => issuer.token({ claims: { sub: randomUUID() } });

async function connect(mode: Mode, token: string) {
  const client = new Client({ name: "test", version: "1.0.0" }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL("http://127.0.0.1/mcp"), {
    requestInit: { headers: { authorization: `Bearer ${token}` } },
    fetch: roundRobin,
  });
  await client.connect(transport);
  return client;
}

async function api(token: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${origins[0]}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: body === undefined ? null : JSON.stringify(body),
  });
  expect(response.ok, `${method} ${path}`).toBe(true);
  // biome-ignore lint/suspicious/noExplicitAny: the assertions are the schema here
  return (await response.json()) as any;
}

/** A user with a session, connected over MCP. */
async function userWithSession(mode: Mode) {
  const token = newToken();
  const { session_id: id } = await api(token, "POST", "/api/session/create", { title: "Trip" });
  return { token, id: id as string, uri: `context://sessions/${id}`, client: await connect(mode, token) };
}

describe.each(REVISIONS)("revision $revision over three replicas", ({ revision, mode }) => {
  it("is negotiated, says what there is, and promises no notifications", async () => {
    const { client } = await userWithSession(mode);
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    expect(client.getServerVersion()?.name).toBe("context-protocol-server");
    expect(client.getServerCapabilities()).toMatchObject({ tools: {}, resources: {} });
    expect(JSON.stringify(client.getServerCapabilities())).not.toContain("true");
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual([
      "get_context",
      "list_sessions",
      "search_messages",
      "update_context",
    ]);
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(["context://sessions/{id}"]);
    await client.close();
  });

  it("lists and reads the user's contexts, updates them, and keeps no state in a replica", async () => {
    const { token, id, uri, client } = await userWithSession(mode);
    served.fill(0);
    const { resources } = await client.listResources();
    expect(resources).toMatchObject([{ uri, title: "Trip", mimeType: "application/json" }]);
    const patch = { name: "Ada", place: { city: "Bern", zip: 3000 } };
    await client.callTool({ name: "update_context", arguments: { session_id: id, patch } });
    const updated = await client.callTool({
      name: "update_context",
      arguments: { session_id: id, patch: { name: null, place: { zip: 3011 } }, expected_version: 1 },
    });
    const context = { session_id: id, version: 2, context: { place: { city: "Bern", zip: 3011 } } };
    expect(updated).toMatchObject({ structuredContent: context });
    const { contents } = await client.readResource({ uri });
    expect(contents).toMatchObject([{ uri, mimeType: "application/json" }]);
    expect(JSON.parse((contents[0] as { text: string }).text)).toEqual(context);
    const got = await client.callTool({ name: "get_context", arguments: { session_id: id } });
    expect(got.structuredContent).toEqual(context);
    expect(got.content).toEqual([{ type: "text", text: JSON.stringify(context) }]);
    expect(await api(token, "GET", `/api/context/${id}`)).toEqual(context);
    expect(Math.min(...served)).toBeGreaterThan(0);
    await client.close();
  });

  it("lists sessions, and finds messages by their text, whatever characters it has", async () => {
    const { token, id, client } = await userWithSession(mode);
    for (const content of ["Where is Bern?", "Is 3 * (4+5) = 27?", "and BERNE?"]) {
      await api(token, "POST", `/api/message/${id}`, { content });
    }
    const search = async (query: string, limit?: number) => {
      const found = await client.callTool({
        name: "search_messages",
        arguments: { session_id: id, query, limit },
      });
      const { messages } = found.structuredContent as { messages: { content: string }[] };
      return messages.map(({ content }) => content);
    };
    expect(await search("bern")).toEqual(["and BERNE?", "Where is Bern?"]);
    expect(await search("bern", 1)).toEqual(["and BERNE?"]);
    expect(await search("* (4+5)")).toEqual(["Is 3 * (4+5) = 27?"]);
    expect(await search(".*")).toEqual([]);
    const { structuredContent } = await client.callTool({ name: "list_sessions", arguments: {} });
    const { sessions } = await api(token, "GET", "/api/session");
    expect(structuredContent).toEqual({ sessions });
    await client.close();
  });

  it("treats another user's session as if it were not there", async () => {
    const owner = await userWithSession(mode);
    await api(owner.token, "PATCH", `/api/context/${owner.id}`, { secret: "of the owner" });
    await api(owner.token, "POST", `/api/message/${owner.id}`, { content: "secret" });
    const stranger = await connect(mode, newToken());
    expect((await stranger.listResources()).resources).toEqual([]);
    const sessions = await stranger.callTool({ name: "list_sessions", arguments: {} });
    expect(sessions.structuredContent).toEqual({ sessions: [] });
    for (const uri of [owner.uri, `context://sessions/${randomUUID()}`, "context://sessions/x"]) {
      await expect(stranger.readResource({ uri }), uri).rejects.toMatchObject({ data: { uri } });
    }
    for (const [name, more] of [
      ["get_context", {}],
      ["update_context", { patch: { secret: null } }],
      ["search_messages", { query: "secret" }],
    ] as const) {
      const call = (session_id: string) => stranger.callTool({ name, arguments: { session_id, ...more } });
      const refused = await call(owner.id);
      expect(refused, name).toMatchObject({ isError: true });
      expect(refused, name).toEqual(await call(randomUUID()));
      expect(JSON.stringify(refused), name).not.toContain("of the owner");
    }
    const kept = await api(owner.token, "GET", `/api/context/${owner.id}`);
    expect(kept).toMatchObject({ version: 1, context: { secret: "of the owner" } });
  });

  it("says in the result what is wrong with a call", async () => {
    const { id, client } = await userWithSession(mode);
    const update = (args: object) =>
      client.callTool({ name: "update_context", arguments: { session_id: id, ...args } });
    const big = { text: "x".repeat(70_000) };
    for (const [args, reason] of [
      [{ patch: { a: 1 }, expected_version: 7 }, /another version/],
      [{ patch: big }, /65536 bytes/],
      [{ patch: "text" }, /patch/],
      [{ patch: {}, session_id: "x" }, /session_id/],
    ] as const) {
      const { isError, content } = await update(args);
      expect(isError).toBe(true);
      expect((content as { text: string }[])[0]?.text).toMatch(reason);
    }
    await expect(client.callTool({ name: "none", arguments: {} })).rejects.toMatchObject({ code: -32602 });
    await client.close();
  });
});

describe("the endpoint", () => {
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  const post = (more: Record<string, string>, body: string = JSON.stringify(ping)) =>
    roundRobin("http://127.0.0.1/mcp", { method: "POST", headers: { ...headers, ...more }, body });
  const authorized = () => ({ authorization: `Bearer ${newToken()}` });

  it("asks for a token, and says where tokens come from", async () => {
    const anonymous = await post({});
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get("www-authenticate")).toBe(`Bearer resource_metadata="${METADATA_URL}"`);
    const invalid = await post({ authorization: "Bearer a.b.c" });
    expect(invalid.status).toBe(401);
    expect(invalid.headers.get("www-authenticate")).toBe(
      `Bearer error="invalid_token", resource_metadata="${METADATA_URL}"`,
    );
    const expired = issuer.token({ claims: { exp: Math.floor(Date.now() / 1000) - 60 } });
    expect((await post({ authorization: `Bearer ${expired}` })).status).toBe(401);
    await expect(connect("legacy", "a.b.c")).rejects.toThrow();
    const metadata = await fetch(`${origins[0]}${new URL(METADATA_URL).pathname}`);
    expect(await metadata.json()).toMatchObject({
      resource: "https://agent.test/mcp",
      authorization_servers: [issuer.issuer],
    });
  });

  it("takes requests for its own names and from pages of allowed origins only", async () => {
    expect((await post(authorized())).status).toBe(200);
    expect((await post({ ...authorized(), origin: "https://agent.test" })).status).toBe(200);
    expect((await post({ ...authorized(), origin: "https://evil.test" })).status).toBe(403);
    const statusFor = (host: string) =>
      new Promise((resolve, reject) => {
        const request = httpRequest(
          `${origins[0]}/mcp`,
          { method: "POST", headers: { ...headers, ...authorized(), host } },
          (response) => resolve(response.resume().statusCode),
        );
        request.on("error", reject).end(JSON.stringify(ping));
      });
    expect(await statusFor("agent.test:8443")).toBe(200);
    expect(await statusFor("evil.test")).toBe(403);
  });

  it("has no sessions and no streams to hold, and refuses what is no JSON or too large", async () => {
    expect((await post(authorized())).headers.get("mcp-session-id")).toBeNull();
    for (const method of ["GET", "DELETE"]) {
      const response = await roundRobin("http://127.0.0.1/mcp", {
        method,
        headers: { accept: "text/event-stream", ...authorized() },
      });
      expect(response.status, method).toBe(405);
    }
    const malformed = await post(authorized(), "{");
    expect(malformed.status).toBe(400);
    expect(await malformed.json()).toMatchObject({ jsonrpc: "2.0", error: { code: -32700 } });
    expect((await post({ ...authorized(), "content-type": "text/plain" })).status).toBe(415);
    expect((await post(authorized(), JSON.stringify("x".repeat(110_000)))).status).toBe(413);
  });

  it("holds no subscription open", async () => {
    const client = await connect({ pin: "2026-07-28" }, newToken());
    await expect(client.listen({ toolsListChanged: true })).rejects.toThrow(/limit/);
    await client.close();
  });
});
