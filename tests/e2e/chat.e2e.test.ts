import { join } from "node:path";
import { signIn } from "@mobile-ai-agent/local/chat/account";
import { PlatformApi } from "@mobile-ai-agent/local/chat/api";
import { Conversation } from "@mobile-ai-agent/local/chat/conversation";
import { describe, expect, it } from "vitest";
import { command } from "./command-line.ts";
import { instance, runningPlatform } from "./running-platform.ts";

const MINUTES = 60_000;
const platform = await runningPlatform();

describe("the agent", () => {
  it("answers in the terminal, and stores what it streamed", async () => {
    const { exitCode, stdout, all } = await command("chat", ["Why is the sky blue?"]);
    expect(exitCode, all).toBe(0);
    expect(stdout.length).toBeGreaterThan(20);
  });

  it("streams token by token, and goes on at the exact token on another device", async () => {
    const api = new PlatformApi(platform.url);
    await signIn(api, join(instance.stateDir, "terminal-account.json"));
    const phone = await Conversation.open(api);
    const tablet = await Conversation.open(api, phone.sessionId);
    try {
      const pieces: string[] = [];
      const signal = AbortSignal.timeout(2 * MINUTES);
      const answer = await phone.ask("Name three colours.", (text) => pieces.push(text), signal);
      expect(pieces.length).toBeGreaterThan(2);
      expect(await phone.storedAnswer(answer.runId)).toBe(answer.text);
      const rest: string[] = [];
      await tablet.follow(answer.runId, { after: 2, onToken: (text) => rest.push(text), signal });
      expect(rest).toEqual(pieces.slice(2));
    } finally {
      phone.close();
      tablet.close();
    }
  });

  it("loses no token when the pods that hold the sockets are killed", async () => {
    const api = new PlatformApi(platform.url);
    await signIn(api, join(instance.stateDir, "terminal-account.json"));
    const conversation = await Conversation.open(api);
    try {
      let killing: Promise<unknown> | undefined;
      const answer = await conversation.ask(
        "Tell me a story about the sea.",
        () => {
          killing ??= command("kubectl", [
            ...["delete", "pods", "-l", "app.kubernetes.io/name=websocket-server"],
            ...["-n", platform.namespace, "--force", "--grace-period=0"],
          ]);
        },
        AbortSignal.timeout(4 * MINUTES),
      );
      await killing;
      expect(await conversation.storedAnswer(answer.runId)).toBe(answer.text);
    } finally {
      conversation.close();
    }
  });
});
