import { UserList } from "@mobile-ai-agent/contracts";
import { Conversation } from "@mobile-ai-agent/local/chat/conversation";
import { describe, expect, it } from "vitest";
import { BusyClient } from "./busy-client.ts";
import { command } from "./command-line.ts";
import { newUser } from "./new-user.ts";
import { runningPlatform } from "./running-platform.ts";

const MINUTES = 60_000;
const platform = await runningPlatform();

/** @returns what the command printed; one that ends with another status than 0 fails the test */
async function run(name: string, ...args: string[]): Promise<string> {
  const { exitCode, stdout, all } = await command(name, args);
  expect(exitCode, `${name} ${args.join(" ")}: ${all}`).toBe(0);
  return stdout;
}

/** @returns the id of the key that signed an access token */
function keyOf(token: string): string {
  return JSON.parse(Buffer.from(token.split(".")[0] ?? "", "base64url").toString()).kid;
}

describe("keys and credentials", () => {
  it(
    "rotate while people read and write, and no request fails",
    async () => {
      const clients = await Promise.all([1, 2, 3].map(() => BusyClient.start(platform.url)));
      const signingKeys = () => clients.map(({ accessToken }) => keyOf(accessToken));
      const keysBefore = signingKeys();
      try {
        const rotated = await Promise.all(
          ["tokens", "content", "redis", "mongodb"].map((what) => run("keys", "rotate", what)),
        );
        expect(rotated[1]).toMatch(/^[1-9]\d* data keys were wrapped by the new master key/);
        await expect
          .poll(() => signingKeys().filter((key) => keysBefore.includes(key)), { timeout: 3 * MINUTES })
          .toEqual([]);
      } finally {
        await Promise.all(clients.map((client) => client.stop()));
      }
      expect(clients.flatMap(({ failures }) => failures)).toEqual([]);
      expect(Math.min(...clients.map(({ done }) => done))).toBeGreaterThan(50);
    },
    10 * MINUTES,
  );
});

describe("the record of what happened", () => {
  it("is whole, and tells of a role that was granted", async () => {
    const { username, api } = await newUser(platform.url);
    const call = { method: "GET", path: "/api/admin/users", schema: UserList } as const;
    await expect(api.call(call)).rejects.toThrow(/403/);
    await run("admin", "grant", username);
    expect(await run("audit verify")).toMatch(/entries/);
    const granted = (await run("audit export", "--action", "role.granted")).trim().split("\n");
    expect(granted.length).toBeGreaterThan(1);
  });

  it("replays a run bit for bit", async () => {
    const { api } = await newUser(platform.url);
    const conversation = await Conversation.open(api);
    const { runId } = await conversation
      .ask("Say yes.", () => {}, AbortSignal.timeout(2 * MINUTES))
      .finally(() => conversation.close());
    await run("replay", runId);
  });

  it("has no tool that was offered to the built-in model, which takes none", async () => {
    expect(await run("tools", "list")).toBe("no tools were seen yet");
  });
});
