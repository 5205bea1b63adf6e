import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { signIn } from "@mobile-ai-agent/local/chat/account";
import { PlatformApi } from "@mobile-ai-agent/local/chat/api";
import { Conversation } from "@mobile-ai-agent/local/chat/conversation";
import { describe, expect, it } from "vitest";
import { command } from "./command-line.ts";
import { instance, runningPlatform } from "./running-platform.ts";

const MINUTES = 60_000;
const platform = await runningPlatform();

describe("what was said", () => {
  it("backs up, and gets back what it has backed up", async () => {
    const backup = await command("backup");
    expect(backup.exitCode, backup.all).toBe(0);
    expect(backup.stdout).toMatch(/read back and verified/);
    const drill = await command("drill");
    expect(drill.exitCode, drill.all).toBe(0);
    expect(drill.stdout).toMatch(/recovery time: [\d.]+ s/);
  });

  it(
    "comes back with all its data after the node was killed",
    async () => {
      const api = new PlatformApi(platform.url);
      const account = join(instance.stateDir, "terminal-account.json");
      await signIn(api, account);
      const before = await Conversation.open(api);
      const answer = await before.ask("Say yes.", () => {}, AbortSignal.timeout(2 * MINUTES));
      before.close();

      const record = JSON.parse(await readFile(join(instance.stateDir, "run/node.json"), "utf8"));
      process.kill(record.pid, "SIGKILL");
      await expect.poll(async () => (await command("status")).exitCode, { timeout: MINUTES }).toBe(3);
      const again = await command("up");
      expect(again.exitCode, again.all).toBe(0);

      await signIn(api, account);
      const after = await Conversation.open(api, before.sessionId);
      expect(await after.storedAnswer(answer.runId)).toBe(answer.text);
      after.close();
    },
    10 * MINUTES,
  );
});
