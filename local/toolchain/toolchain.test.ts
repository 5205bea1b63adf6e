import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createToolchain } from "./toolchain.ts";
import { TOOLS, type ToolName } from "./tools.ts";

describe("toolchain", () => {
  let root: string;
  const reports: string[] = [];
  const ctx = { report: (line: string) => void reports.push(line), signal: new AbortController().signal };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "toolchain-"));
    vi.stubEnv("XDG_CACHE_HOME", join(root, "cache"));
    vi.stubEnv("PATH", `${root}:/usr/bin:/bin`);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true, force: true });
  });

  it("uses what the machine has in the pinned version, and asks it once", async () => {
    const kubectl = join(root, "kubectl");
    await writeFile(kubectl, `#!/bin/sh\necho "Client Version: v1.34.3"\n`);
    await chmod(kubectl, 0o755);
    const toolchain = createToolchain();
    expect(await Promise.all([toolchain.ensure("kubectl", ctx), toolchain.ensure("kubectl", ctx)])).toEqual([
      kubectl,
      kubectl,
    ]);
    await rm(kubectl);
    expect(await toolchain.ensure("kubectl", ctx)).toBe(kubectl);
    expect(reports).toEqual([]);
  });

  it("names official releases of the pinned version and the machine's kind", () => {
    for (const name of Object.keys(TOOLS) as ToolName[]) {
      const { release, version } = TOOLS[name];
      if (!release) continue;
      const { url, checksumUrl } = release("linux", "arm64");
      expect(url).toContain(version);
      expect(url).toMatch(/linux.arm64/);
      expect(checksumUrl).toContain(version);
      expect([url, checksumUrl].every((one) => one.startsWith("https://"))).toBe(true);
    }
  });
});
