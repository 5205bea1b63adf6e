import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ChecksumMismatch, createDownloader, parseChecksum } from "./download.ts";

const CONTENT = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

describe("download", () => {
  let folder: string;
  let server: Server;
  let base: string;
  let published: string;
  let ranges: (string | undefined)[];
  /** Bytes after which the next answer breaks off. */
  let cutAfter: number | undefined;
  let ignoreRange: boolean;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "download-"));
    [published, ranges, cutAfter, ignoreRange] = [SHA256, [], undefined, false];
    server = createServer((request, response) => {
      if (request.url === "/tool.sha256") return void response.end(published);
      if (request.url !== "/tool") return void response.writeHead(404).end();
      const { range } = request.headers;
      ranges.push(range);
      const from = range && !ignoreRange ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
      const rest = CONTENT.subarray(from);
      const headers = { "content-length": rest.length };
      if (from > 0 && rest.length === 0) return void response.writeHead(416).end();
      if (from > 0) response.writeHead(206, { ...headers, "content-range": `bytes ${from}-199999/200000` });
      else response.writeHead(200, headers);
      if (cutAfter === undefined) return void response.end(rest);
      const part = rest.subarray(0, cutAfter);
      cutAfter = undefined;
      response.write(part);
      // What has not reached the disk yet is lost with the connection, and rightly asked for again.
      expect
        .poll(async () => (await stat(file())).size, { timeout: 10_000, interval: 5 })
        .toBe(from + part.length)
        .finally(() => response.socket?.end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  const file = () => join(folder, "tool.part");
  const fetchTool = (path = "/tool", downloader = createDownloader()) =>
    downloader.fetchVerified(
      { url: `${base}${path}`, checksumUrl: `${base}/tool.sha256`, file: file() },
      { report: () => {}, signal: new AbortController().signal },
    );

  it("fetches a file that has the published checksum", async () => {
    expect(await fetchTool()).toBe(true);
    expect((await readFile(file())).equals(CONTENT)).toBe(true);
  });

  it("refuses a file with another checksum and removes it", async () => {
    published = "0".repeat(64);
    await expect(fetchTool()).rejects.toThrow(ChecksumMismatch);
    await expect(stat(file())).rejects.toThrow("ENOENT");
  });

  it("fetches only the rest of what an earlier run began", async () => {
    await writeFile(file(), CONTENT.subarray(0, 150_000));
    expect(await fetchTool()).toBe(true);
    expect(ranges).toEqual(["bytes=150000-"]);
    expect((await readFile(file())).equals(CONTENT)).toBe(true);
  });

  it("goes on where a connection broke", async () => {
    cutAfter = 70_000;
    expect(await fetchTool()).toBe(true);
    expect(ranges).toEqual([undefined, "bytes=70000-"]);
    expect((await readFile(file())).equals(CONTENT)).toBe(true);
  });

  it("starts again with a server that gives no ranges", async () => {
    ignoreRange = true;
    await writeFile(file(), "something");
    expect(await fetchTool()).toBe(true);
    expect((await readFile(file())).equals(CONTENT)).toBe(true);
  });

  it("takes a file that an earlier run had completed, but not a damaged one", async () => {
    await writeFile(file(), CONTENT);
    expect(await fetchTool()).toBe(true);
    await writeFile(file(), Buffer.alloc(CONTENT.length));
    await expect(fetchTool()).rejects.toThrow(ChecksumMismatch);
  });

  it("looks elsewhere when the host doesn't have the file", async () => {
    expect(await fetchTool("/absent")).toBe(false);
  });

  it("does not ask a host again that didn't answer", async () => {
    const downloader = createDownloader();
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await fetchTool("/tool", downloader)).toBe(false);
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    expect(await fetchTool("/tool", downloader)).toBe(false);
    expect(ranges).toEqual([]);
  });
});

describe("published checksums", () => {
  const [one, two] = ["a".repeat(64), "b".repeat(64)];

  it("come bare or in a list, and only for the right name", () => {
    expect(parseChecksum(`${one}\n`, "tool")).toBe(one);
    expect(parseChecksum(`${one}  other.tgz\n${two} *./dist/tool.tgz\n`, "tool.tgz")).toBe(two);
    expect(parseChecksum(`${one}  other.tgz\n`, "tool.tgz")).toBeUndefined();
    expect(parseChecksum("<html>moved</html>", "tool.tgz")).toBeUndefined();
  });
});
