import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compressFiles } from "./compress-files.ts";
import { readFileHashes } from "./file-hashes.ts";
import { hashSources } from "./web-export.ts";

let folder: string;

async function put(path: string, content: string | Buffer) {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "web-export-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the hash of the app's sources", () => {
  const hash = async () =>
    hashSources([join(folder, "app"), join(folder, "lock")], await readFileHashes(join(folder, "memo")));

  beforeEach(async () => {
    await put("app/src/page.tsx", "one");
    await put("lock", "versions");
  });

  it("changes with a source, its name and the lock file", async () => {
    const seen = [await hash()];
    await put("app/src/page.tsx", "two");
    seen.push(await hash());
    await put("app/src/other.tsx", "");
    seen.push(await hash());
    await put("lock", "newer versions");
    seen.push(await hash());
    expect(new Set(seen).size).toBe(4);
  });

  it("stays with tests, packages and what an export has made", async () => {
    const before = await hash();
    await put("app/src/page.test.tsx", "");
    await put("app/node_modules/left/index.js", "");
    await put("app/dist/index.html", "");
    await put("app/.expo/types.d.ts", "");
    expect(await hash()).toBe(before);
  });
});

it("compresses what gets smaller, and nothing else", async () => {
  const text = "answer ".repeat(1000);
  await put("_expo/static/entry.js", text);
  await put("short.txt", "short");
  await put("picture.png", Buffer.alloc(4096));
  await compressFiles(folder);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.includes(".")).sort();
  expect(files).toEqual([
    "_expo/static/entry.js",
    "_expo/static/entry.js.br",
    "_expo/static/entry.js.gz",
    "picture.png",
    "short.txt",
  ]);
  const made = (ending: string) => readFile(join(folder, `_expo/static/entry.js${ending}`));
  expect(brotliDecompressSync(await made(".br")).toString()).toBe(text);
  expect(gunzipSync(await made(".gz")).toString()).toBe(text);
});
