import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TOOLS } from "../tools.ts";
import { findInstalled } from "./path.ts";

describe("installed tools", () => {
  let root: string;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "path-"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  async function install(folder: string, name: string, says: string): Promise<string> {
    const path = join(root, folder, name);
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(path, `#!/bin/sh\ncat <<'END'\n${says}\nEND\n`);
    await chmod(path, 0o755);
    return path;
  }
  const find = (name: "kubectl" | "pulumi" | "coredns" | "traefik" | "kubelet", ...folders: string[]) =>
    findInstalled(name, TOOLS[name], { signal, path: folders.map((folder) => join(root, folder)).join(":") });

  it.each([
    ["kubectl", "Client Version: v1.34.3\nKustomize Version: v5.7.1"],
    ["kubelet", "Kubernetes v1.34.3"],
    ["pulumi", "v3.232.0"],
    ["coredns", "CoreDNS-1.15.0\nlinux/amd64, go1.26.0, abcdef"],
    ["traefik", "Version:      3.6.6\nCodename:     ramequin"],
  ] as const)("takes %s of the pinned version", async (name, says) => {
    const path = await install("bin", name, says);
    expect(await find(name, "bin")).toBe(path);
  });

  it.each([
    ["kubectl", "Client Version: v1.34.2"],
    ["kubectl", "Client Version: v1.34.30"],
    ["kubelet", "Kubernetes v1.34.3-rc.1"],
    ["pulumi", "v3.232.0-dev.0"],
    ["pulumi", "v3x232.0"],
    ["coredns", "CoreDNS-1.15.01"],
    ["traefik", "Version:      dev"],
  ] as const)("does not take %s that says %s", async (name, says) => {
    await install("bin", name, says);
    expect(await find(name, "bin")).toBeUndefined();
  });

  it("looks behind a wrong version for the right one", async () => {
    await install("first", "pulumi", "v3.100.0");
    const path = await install("second", "pulumi", "v3.232.0");
    expect(await find("pulumi", "first", "second")).toBe(path);
  });

  it("does not take what can't be executed", async () => {
    await chmod(await install("bin", "pulumi", "v3.232.0"), 0o644);
    expect(await find("pulumi", "bin", "absent")).toBeUndefined();
  });
});
