import { mkdir, mkdtemp, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cacheKey, findCached, storeInCache } from "./cache.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "cache-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("cache key", () => {
  const write = (name: string, content: string) => writeFile(join(root, name), content);

  beforeEach(async () => {
    await write("go.mod", "module one");
    await write("go.sum", "sum");
    await write("main.go", "package main");
  });

  it.each([
    ["the pinned versions", () => write("go.mod", "module two")],
    ["their checksums", () => write("go.sum", "other")],
    ["a source", () => write("main.go", "package main // changed")],
    ["the set of sources", () => write("more.go", "")],
  ])("changes with %s", async (_, change) => {
    const before = await cacheKey(root, "-s -w");
    await change();
    expect(await cacheKey(root, "-s -w")).not.toBe(before);
  });

  it("changes with the link flags", async () => {
    expect(await cacheKey(root, "-s -w")).not.toBe(await cacheKey(root, "-s"));
  });

  it("stays the same beside files that no build reads", async () => {
    const before = await cacheKey(root, "-s -w");
    await write("README.md", "text");
    expect(await cacheKey(root, "-s -w")).toBe(before);
    expect(before).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe("cache", () => {
  const entry = () => ({ directory: join(root, "tool/1.0.0-abc"), file: "tool" });
  const path = () => join(entry().directory, "tool");

  beforeEach(async () => {
    const source = join(root, "built");
    await writeFile(source, "binary");
    await storeInCache(entry(), source, 0o755);
  });

  it("gives back an executable", async () => {
    expect(await findCached(entry())).toBe(path());
    expect((await stat(path())).mode & 0o777).toBe(0o755);
  });

  it("takes a file that was only touched, and not one of the same length with other content", async () => {
    await utimes(path(), 1, 1);
    expect(await findCached(entry())).toBe(path());
    await writeFile(path(), "BINARY");
    await utimes(path(), 2, 2);
    expect(await findCached(entry())).toBeUndefined();
    await expect(stat(path())).rejects.toThrow("ENOENT");
  });

  it("does not take a truncated file, though it seems unchanged", async () => {
    await utimes(path(), 1, 1);
    await findCached(entry());
    await writeFile(path(), "bin");
    await utimes(path(), 1, 1);
    expect(await findCached(entry())).toBeUndefined();
  });

  it("does not take a file of which it doesn't know what was stored", async () => {
    await rm(join(entry().directory, "sha256"));
    expect(await findCached(entry())).toBeUndefined();
  });

  it("misses what was never stored", async () => {
    await mkdir(join(root, "other"));
    expect(await findCached({ directory: join(root, "other"), file: "tool" })).toBeUndefined();
  });
});
