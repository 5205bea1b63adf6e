import { signRunToken } from "@mobile-ai-agent/service-kit";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPlatform } from "../testing/start-platform.ts";
import { PLATFORM_CLASSES } from "./classify.ts";
import { listTools } from "./connection.ts";
import { RELEASED_HASHES, RELEASED_TOOLS } from "./released.ts";
import { hashOf } from "./tool.ts";

let platform: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.close());

it("the release pins the tools that context-protocol-server has: change platform-tools.json with them", async () => {
  const { runId } = await platform.storeRun("hello");
  const token = signRunToken(platform.env.RUN_TOKEN_KEY, runId);
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  const endpoint = new URL("/mcp", platform.env.CONTEXT_PROTOCOL_SERVER_URL);
  const client = new Client(
    { name: "test", version: "1" },
    { versionNegotiation: { mode: { pin: "2026-07-28" } } },
  );
  await client.connect(new StreamableHTTPClientTransport(endpoint, { requestInit }));
  try {
    const listed = await listTools(client, AbortSignal.timeout(10_000));
    expect(listed).toEqual(RELEASED_TOOLS);
    expect(listed.map(hashOf)).toEqual([...RELEASED_HASHES]);
    expect(Object.keys(PLATFORM_CLASSES).sort()).toEqual(listed.map(({ name }) => name).sort());
  } finally {
    await client.close();
  }
});
