import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contentTag, readFileHashes } from "./file-hashes.ts";

describe("contentTag", () => {
  it("is 16 hex digits that change with any part and with the parts' borders", () => {
    const tags = [["a", "b"], ["a", "c"], ["ab"], ["b", "a"]].map(contentTag);
    expect(new Set(tags).size).toBe(4);
    expect(tags[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(contentTag(["a", Buffer.from("b")])).toBe(tags[0]);
  });
});

describe("file hashes", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hashes-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("follow the content, and remember it by size and time", async () => {
    const file = join(folder, "binary");
    await writeFile(file, "one");
    const first = await (await readFileHashes(folder)).hash(file);
    expect(first).toBe(createHash("sha256").update("one").digest("hex"));

    // Same size and time: the memo answers, which proves that the file was not read again.
    const { atime, mtime } = await stat(file);
    await writeFile(file, "two");
    await utimes(file, atime, mtime);
    const { mtimeMs } = await stat(file);
    const memo = join(folder, "hashes.json");
    const known = JSON.parse(await readFile(memo, "utf8"));
    await writeFile(memo, JSON.stringify({ [file]: { ...known[file], mtimeMs } }));
    expect(await (await readFileHashes(folder)).hash(file)).toBe(first);

    await utimes(file, atime, new Date(0));
    expect(await (await readFileHashes(folder)).hash(file)).not.toBe(first);
  });

  it("survive a broken memo", async () => {
    await writeFile(join(folder, "hashes.json"), "{");
    const file = join(folder, "binary");
    await writeFile(file, "one");
    expect(await (await readFileHashes(folder)).hash(file)).toHaveLength(64);
  });
});
