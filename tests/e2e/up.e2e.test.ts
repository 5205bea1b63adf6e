import { findPlatform } from "@mobile-ai-agent/local/platform";
import { describe, expect, it } from "vitest";
import { command } from "./command-line.ts";
import { instance } from "./running-platform.ts";

const MINUTES = 60_000;

describe("a platform on a machine of its own", () => {
  it(
    "comes up after its driver was killed in the middle of the deployment",
    async () => {
      const first = command("up");
      for await (const line of first.iterable({ from: "all" })) {
        if (/Deployment: \d+ of/.test(line)) first.kill("SIGKILL");
      }
      const killed = await first;
      expect(killed.signal, killed.all).toBe("SIGKILL");

      const second = await command("up");
      expect(second.exitCode, second.all).toBe(0);
      const found = await findPlatform(instance);
      expect(found?.url).toBe(`https://localhost:${instance.httpsPort}`);
    },
    40 * MINUTES,
  );

  it(
    "changes nothing when it is brought up again",
    async () => {
      const { exitCode, all } = await command("up");
      expect(exitCode, all).toBe(0);
      expect(all).toMatch(/Deployment: 0 changes/);
    },
    5 * MINUTES,
  );

  it("is ready by its own word", async () => {
    const { exitCode, stdout } = await command("status");
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/websocket-server +3\/3 ready/);
  });
});
