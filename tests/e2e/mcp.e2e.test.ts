import type { PlatformApi } from "@mobile-ai-agent/local/chat/api";
import { Conversation } from "@mobile-ai-agent/local/chat/conversation";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, describe, expect, it } from "vitest";
import { newUser } from "./new-user.ts";
import { runningPlatform } from "./running-platform.ts";

const MINUTES = 60_000;
const platform = await runningPlatform();
const endpoint = new URL("/mcp", platform.url);

const REVISIONS = [
  { revision: "2026-07-28", mode: { pin: "2026-07-28" } },
  { revision: "2025-11-25", mode: "legacy" },
] as const;
type Mode = (typeof REVISIONS)[number]["mode"];

const clients: Client[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));

async function connect(mode: Mode, { accessToken }: PlatformApi): Promise<Client> {
  const client = new Client({ name: "e2e", version: "1.0.0" }, { versionNegotiation: { mode } });
  const headers = { authorization: `Bearer ${accessToken}` };
  await client.connect(new StreamableHTTPClientTransport(endpoint, { requestInit: { headers } }));
  clients.push(client);
  return client;
}

/** @returns the tool's answer as its schema describes it */
async function call(client: Client, name: string, args: Record<string, unknown> = {}) {
  const { structuredContent, isError, content } = await client.callTool({ name, arguments: args });
  expect(isError, JSON.stringify(content)).not.toBe(true);
  // biome-ignore lint/suspicious/noExplicitAny: the assertions are the schema here
  return structuredContent as any;
}

describe.each(REVISIONS)("the MCP endpoint, revision $revision", ({ revision, mode }) => {
  it(
    "lists and calls tools, for the user of the token and nobody else",
    async () => {
      const [{ api: ada }, { api: bob }] = await Promise.all([newUser(platform.url), newUser(platform.url)]);
      const conversation = await Conversation.open(ada);
      const { sessionId } = conversation;
      conversation.close();
      const [client, other] = [await connect(mode, ada), await connect(mode, bob)];
      expect(client.getNegotiatedProtocolVersion()).toBe(revision);
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["get_context", "list_sessions", "search_messages", "update_context"]),
      );

      await call(client, "update_context", { session_id: sessionId, patch: { city: "Bern" } });
      const stored = await call(client, "get_context", { session_id: sessionId });
      expect(JSON.stringify(stored)).toContain('"city":"Bern"');
      const { resources } = await client.listResources();
      expect(resources.map(({ uri }) => uri)).toEqual([`context://sessions/${sessionId}`]);

      expect(JSON.stringify(await call(other, "list_sessions"))).not.toContain(sessionId);
      expect((await other.listResources()).resources).toEqual([]);
      const stolen = await other.callTool({ name: "get_context", arguments: { session_id: sessionId } });
      expect(stolen.isError).toBe(true);
      expect(JSON.stringify(stolen)).not.toContain("Bern");
      await expect(other.readResource({ uri: `context://sessions/${sessionId}` })).rejects.toThrow();
    },
    2 * MINUTES,
  );
});

describe("without a usable token", () => {
  it.each([
    ["none", {}],
    ["a forged one", { authorization: `Bearer ${"a".repeat(20)}.${"b".repeat(20)}.${"c".repeat(20)}` }],
  ])("(%s) the caller is told where to get one", async (_, headers) => {
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/json, text/event-stream",
        ...headers,
      },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} }),
    });
    expect(answer.status).toBe(401);
    const challenge = answer.headers.get("www-authenticate") ?? "";
    const pointer = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? "";
    expect(pointer).toBe(`${platform.url}/.well-known/oauth-protected-resource/mcp`);
    const metadata = await fetch(pointer);
    expect(metadata.status).toBe(200);
    expect(await metadata.json()).toMatchObject({ resource: endpoint.href });
  });

  it("the official client is refused", async () => {
    const client = new Client({ name: "e2e", version: "1.0.0" });
    await expect(client.connect(new StreamableHTTPClientTransport(endpoint))).rejects.toThrow(
      /401|[Uu]nauthori/,
    );
  });
});
