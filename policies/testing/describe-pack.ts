import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ResourceRule, StackRule } from "@mobile-ai-agent/policies-rule-kit";
import { describe, expect, test } from "vitest";

/** Tests that a pack has every rule of its folder and starts as the engine starts it. */
export function describePack(folder: string, rules: readonly (ResourceRule | StackRule)[]): void {
  describe("the pack", () => {
    test("has every rule of its folder, each under a name of its own", async () => {
      const files = (await readdir(join(folder, "rules"))).filter((name) => !/^index\.|\.test\./.test(name));
      expect(new Set(rules.map(({ name }) => name)).size).toBe(files.length);
      expect(rules.length).toBe(files.length);
    });

    test("starts under Node and says on which port it listens", async () => {
      const pack = spawn(process.execPath, ["index.ts"], {
        cwd: folder,
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        const said = await new Promise<string>((resolve, reject) => {
          pack.stdout.once("data", (data) => resolve(String(data)));
          pack.once("exit", (code) => reject(new Error(`the pack ended with ${code}`)));
        });
        expect(Number(said)).toBeGreaterThan(1023);
      } finally {
        pack.kill();
      }
    });
  });
}
