import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { basename, dirname } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { StepContext } from "../../progress.ts";

const CONNECT_TIMEOUT_MS = 3_000;
/** Without a byte for that long, a transfer has stalled; what came so far is kept for the next try. */
const STALL_TIMEOUT_MS = 30_000;
const ATTEMPTS = 3;

export interface Downloader {
  /**
   * Fetches `url` into `file` and compares it with the published checksum. A transfer that was cut goes on where it
   * ended (RFC 9110, 14.2).
   *
   * @returns false when the host doesn't answer or doesn't have the file: look elsewhere
   * @throws ChecksumMismatch, after removing what came
   */
  fetchVerified(
    request: { url: string; checksumUrl: string; file: string },
    ctx: StepContext,
  ): Promise<boolean>;
}

export class ChecksumMismatch extends Error {
  constructor(url: string, expected: string, actual: string) {
    super(`${url} does not have its published checksum: expected ${expected}, got ${actual}; it was removed`);
    this.name = "ChecksumMismatch";
  }
}

/** A host that did not answer once is not asked again by the same downloader. */
export function createDownloader(): Downloader {
  const hosts = new Map<string, Promise<boolean>>();
  const answers = (url: URL) => {
    const known = hosts.get(url.host) ?? canConnect(url);
    hosts.set(url.host, known);
    return known;
  };

  return {
    async fetchVerified({ url, checksumUrl, file }, ctx) {
      const name = basename(new URL(url).pathname);
      if (!(await answers(new URL(url))) || !(await answers(new URL(checksumUrl)))) return false;
      ctx.signal.throwIfAborted();
      try {
        ctx.report(`asking for the checksum of ${name}`);
        const published = await get(checksumUrl, ctx.signal, {});
        if (!published.ok) return false;
        const expected = parseChecksum(await published.text(), name);
        if (!expected) return false;
        await mkdir(dirname(file), { recursive: true });
        if (!(await transferWithRetries(url, file, ctx))) return false;
        const actual = await digest(file, expected.length === 128 ? "sha512" : "sha256");
        if (actual === expected) return true;
        await rm(file, { force: true });
        throw new ChecksumMismatch(url, expected, actual);
      } catch (error) {
        ctx.signal.throwIfAborted();
        if (error instanceof ChecksumMismatch) throw error;
        ctx.report(`${name} could not be downloaded: ${error instanceof Error ? error.message : error}`);
        hosts.set(new URL(url).host, Promise.resolve(false));
        return false;
      }
    },
  };
}

/**
 * @param text a bare checksum, or `sha256sum` lines ("<hex>  <name>")
 * @returns the lower-case hex of `name`, or undefined when it isn't there.
 */
export function parseChecksum(text: string, name: string): string | undefined {
  for (const line of text.split("\n")) {
    const match = /^([0-9a-f]{64}|[0-9a-f]{128})(?:\s+\*?(\S+))?\s*$/i.exec(line);
    if (match && (match[2] === undefined || basename(match[2]) === name)) return match[1]?.toLowerCase();
  }
  return undefined;
}

/** A connection that breaks in the middle is no reason to start again, nor to give the host up. */
async function transferWithRetries(url: string, file: string, ctx: StepContext): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transfer(url, file, ctx);
    } catch (error) {
      ctx.signal.throwIfAborted();
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** @returns false when the host doesn't have the file; true when all that it gave is in `file`. */
async function transfer(url: string, file: string, ctx: StepContext): Promise<boolean> {
  const present = (await stat(file).catch(() => undefined))?.size ?? 0;
  const response = await get(url, ctx.signal, present > 0 ? { range: `bytes=${present}-` } : {});
  // All of it is there already, or what is there belongs to something else: the checksum will tell.
  if (response.status === 416) return true;
  if (!response.ok || !response.body) return false;
  const resumed = response.status === 206;
  if (resumed && !response.headers.get("content-range")?.startsWith(`bytes ${present}-`)) {
    throw new Error(`${url} answered with another range than asked for`);
  }

  let bytes = resumed ? present : 0;
  const total = bytes + Number(response.headers.get("content-length") ?? 0);
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`no data for ${STALL_TIMEOUT_MS / 1000} s`));
  let timer = setTimeout(stall, STALL_TIMEOUT_MS);
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      clearTimeout(timer);
      timer = setTimeout(stall, STALL_TIMEOUT_MS);
      bytes += chunk.length;
      ctx.report(
        `downloading ${basename(file)}: ${megabytes(bytes)} of ${total > bytes ? megabytes(total) : "?"} MB`,
      );
      done(null, chunk);
    },
  });
  try {
    await pipeline(
      Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]),
      count,
      createWriteStream(file, { flags: resumed ? "a" : "w" }),
      { signal: AbortSignal.any([ctx.signal, stalled.signal]) },
    );
  } finally {
    clearTimeout(timer);
  }
  return true;
}

function get(url: string, signal: AbortSignal, headers: Record<string, string>): Promise<Response> {
  // The bytes of the file count in ranges and checksums, not those of an encoding on the way.
  return fetch(url, { headers: { ...headers, "accept-encoding": "identity" }, signal, redirect: "follow" });
}

function canConnect(url: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));
    const socket = connect({ host: url.hostname, port });
    // Also bounds a name server that doesn't answer, which a socket's own time-out does not.
    const timer = setTimeout(() => settle(false), CONNECT_TIMEOUT_MS);
    const settle = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true)).once("error", () => settle(false));
  });
}

async function digest(file: string, algorithm: "sha256" | "sha512"): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
