import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { command } from "./command-line.ts";
import { instance } from "./running-platform.ts";

const MINUTES = 60_000;

describe("a platform that is taken down", () => {
  it(
    "leaves nothing behind",
    async () => {
      const { exitCode, all } = await command("down");
      expect(exitCode, all).toBe(0);
      await expect(stat(instance.stateDir)).rejects.toThrow("ENOENT");
      const { stdout: processes } = await execa("ps", ["-eo", "stat=,args="]);
      const left = processes
        .split("\n")
        .filter((line) => !line.startsWith("Z") && line.includes(instance.stateDir));
      expect(left).toEqual([]);
      expect((await execa("ip", ["-o", "link"])).stdout).not.toContain(`${instance.prefix}-`);
      expect((await execa("cat", ["/proc/self/mounts"])).stdout).not.toContain(instance.stateDir);
      const hierarchies = await readdir("/sys/fs/cgroup", { withFileTypes: true });
      const groups = await Promise.all(
        hierarchies
          .filter((entry) => entry.isDirectory())
          .map(async ({ name }) => (await readdir(join("/sys/fs/cgroup", name))).includes(instance.prefix)),
      );
      expect(groups).not.toContain(true);
    },
    5 * MINUTES,
  );
});
