import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Media } from "@mobile-ai-agent/contracts";
import { connectMongo, createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createAuditKey,
  createIssuer,
  eventually,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mediaConfig } from "./config.ts";
import { createService } from "./service.ts";
import { audio, picture, pngOfZeros } from "./testing/samples.ts";

const run = promisify(execFile);
const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
const owner = tokenOf(randomUUID());
let folder: string;
let base: string;
let management: string;
let stored: () => Promise<number>;

function tokenOf(sub: string): string {
  return issuer.token({ claims: { sub } });
}

beforeAll(async () => {
  const [mongo, redis, keys] = await Promise.all([startMongo(), startRedis(), issuer.serve()]);
  for (const resource of [mongo, redis, keys]) cleanup.defer(() => resource.stop());
  folder = await mkdtemp(join(tmpdir(), "media-test-"));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const config = readConfig(mediaConfig, {
    ...{ PORT: "0", METRICS_PORT: "0", MONGODB_URI: mongo.uri, REDIS_URL: redis.url },
    ...{ JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: issuer.audience, JWKS_URL: keys.jwksUrl },
    ...{ OBJECT_STORE_URL: `file://${folder}/objects`, SCRATCH_DIR: folder, MEDIA_URL_KEY: "k".repeat(32) },
    ...{ ...CONTENT_ENV, AUDIT_KEYS: createAuditKey() },
    ...{ MAX_UPLOAD_BYTES: "2000000", MAX_AUDIO_SECONDS: "60" },
    ...{ UPLOADS: "4", UPLOADS_PER_USER: "3", UPLOAD_IDLE_TIMEOUT: "3" },
  });
  const service = createService(config, { logger: createLogger("test", "none") });
  cleanup.defer(() => service.stop());
  await service.start();
  base = `http://127.0.0.1:${service.ports().http}`;
  management = `http://127.0.0.1:${service.ports().management}`;
  const { db, close } = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
  cleanup.defer(() => close());
  stored = () => db.collection("media").countDocuments();
});
afterAll(() => cleanup.disposeAsync());

function upload(body: Uint8Array | string, contentType: string, token = owner): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, "content-type": contentType };
  return fetch(`${base}/api/media`, {
    method: "POST",
    headers,
    body: body as NonNullable<RequestInit["body"]>,
  });
}

async function keep(body: Uint8Array, contentType: string): Promise<Media> {
  const response = await upload(body, contentType);
  expect(response.status).toBe(201);
  return (await response.json()) as Media;
}

async function bytesOf(url: string | undefined): Promise<Buffer> {
  const response = await fetch(base + url);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

const get = (path: string, token = owner, method = "GET") =>
  fetch(base + path, { method, headers: { authorization: `Bearer ${token}` } });

const scratchBytes = async () => {
  const files = await Promise.all((await scratch()).map((name) => readFile(join(folder, name, "upload"))));
  return Math.max(0, ...files.map(({ length }) => length));
};

const objectFiles = async () => {
  const entries = await readdir(join(folder, "objects"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
};

/** Files of uploads that are under way, or were left behind. */
const scratch = async () => (await readdir(folder)).filter((name) => name.startsWith("upload-"));

describe("a picture", () => {
  it("is kept upright, without metadata, with a thumbnail", async () => {
    const gps = {
      IFD0: { Make: "Phone" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "48/1 8/1 0/1" },
    };
    const photo = await picture(800, 600).withExif(gps).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect((await sharp(photo).metadata()).exif).toBeDefined();
    const media = await keep(photo, "image/jpeg");
    expect(media).toMatchObject({ kind: "image", content_type: "image/webp", width: 600, height: 800 });
    const full = await bytesOf(media.url);
    expect(full.length).toBe(media.bytes);
    const found = await sharp(full).metadata();
    expect(found).toMatchObject({ format: "webp", width: 600, height: 800 });
    for (const trace of [found.exif, found.icc, found.xmp, found.iptc, found.orientation])
      expect(trace).toBeUndefined();
    expect(await sharp(await bytesOf(media.thumbnail_url)).metadata()).toMatchObject({
      width: 240,
      height: 320,
    });
  });

  it("that is large is made smaller, and the first frame of a moving one is kept", async () => {
    expect(await keep(await picture(4000, 1000).png().toBuffer(), "image/png")).toMatchObject({
      width: 2048,
      height: 512,
    });
    const frames = await sharp(
      [await picture(40, 40).png().toBuffer(), await picture(40, 40).png().toBuffer()],
      {
        join: { animated: true },
      },
    )
      .gif()
      .toBuffer();
    expect(await keep(frames, "image/gif")).toMatchObject({ width: 40, height: 40 });
  });

  it("that is a bomb is refused before it is decoded, as a whole file of all its pixels", async () => {
    const bomb = pngOfZeros(30_000, 30_000);
    expect(bomb.length).toBeLessThan(200_000);
    const { rss } = process.memoryUsage();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => upload(bomb, "image/png", tokenOf(randomUUID()))),
    );
    for (const answer of answers) {
      expect(answer.status).toBe(422);
      expect(await answer.text()).toMatch(/30000 × 30000 pixels, and may have 40000000/);
    }
    // Decoded, one alone would take 112 MB.
    expect(process.memoryUsage().rss - rss).toBeLessThan(100 * 1024 * 1024);
  });

  it("in AVIF, whose decoder needs more memory, may have fewer pixels", async () => {
    const large = await picture(4100, 3000).avif({ effort: 0 }).toBuffer();
    const response = await upload(large, "image/avif");
    expect(response.status).toBe(422);
    expect(await response.text()).toMatch(/4100 × 3000 pixels, and may have 12000000/);
    const small = await picture(400, 300).avif({ effort: 0 }).toBuffer();
    expect(await keep(small, "image/avif")).toMatchObject({ content_type: "image/webp", width: 400 });
  });

  it("of nearly as many pixels as it may have is kept", async () => {
    expect(await keep(pngOfZeros(6300, 6300), "image/png")).toMatchObject({ width: 2048, height: 2048 });
  });

  it.each([
    ["an SVG", "<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "image/svg+xml", 415],
    ["a page", "<!doctype html><script>alert(1)</script>", "image/png", 415],
    ["nothing", "", "image/png", 400],
  ])("that is %s is refused", async (_what, body, type, status) => {
    expect((await upload(body, type)).status).toBe(status);
  });

  it("that is damaged, or sent as a recording, is refused, and nothing of it stays", async () => {
    const whole = await picture(600, 600).jpeg().toBuffer();
    const [objects, documents] = [await objectFiles(), await stored()];
    expect((await upload(whole.subarray(0, whole.length / 2), "image/jpeg")).status).toBe(422);
    expect((await upload(whole, "audio/mpeg")).status).toBe(415);
    expect(await objectFiles()).toEqual(objects);
    expect(await stored()).toBe(documents);
    await eventually(async () => (await scratch()).length === 0);
  });
});

describe("a recording", () => {
  it.each([
    ["mp3", "audio/mpeg", ["mp3"]],
    ["opus in WebM", "audio/webm", ["-c:a", "libopus", "webm"]],
    ["opus in Ogg", "audio/ogg", ["-c:a", "libopus", "ogg"]],
    ["AAC in MP4", "audio/mp4", ["m4a"]],
    ["WAV of two channels", "audio/wav", ["-ac", "2", "wav"]],
  ])("of %s is kept as AAC of one channel", async (_name, type, args) => {
    const media = await keep(await audio("-metadata", "title=secret", ...args), type);
    expect(media).toMatchObject({ kind: "audio", content_type: "audio/mp4" });
    expect(media.duration_seconds).toBeCloseTo(3, 0);
    expect(media.thumbnail_url).toBeUndefined();
    const bytes = await bytesOf(media.url);
    expect(bytes.includes("secret")).toBe(false);
    const file = join(folder, `got-${randomUUID()}.m4a`);
    await writeFile(file, bytes);
    const { stdout } = await run("ffprobe", ["-v", "error", "-show_streams", "-of", "json", file]);
    await rm(file);
    expect(JSON.parse(stdout).streams).toMatchObject([
      { codec_name: "aac", channels: 1, sample_rate: "48000" },
    ]);
  });

  it("that is too long, damaged or without sound is refused", async () => {
    const long = await audio("-af", "apad=whole_dur=90", "-b:a", "8k", "mp3");
    const response = await upload(long, "audio/mpeg");
    expect(response.status).toBe(422);
    expect(((await response.json()) as { detail: string }).detail).toMatch(/longer than 60 s/);
    const damaged = Buffer.concat([(await audio("wav")).subarray(0, 44), Buffer.from("x")]);
    expect((await upload(damaged, "audio/wav")).status).toBe(422);
  });

  it("can be fetched in parts", async () => {
    const media = await keep(await audio("mp3"), "audio/mpeg");
    const whole = await bytesOf(media.url);
    const part = await fetch(base + media.url, { headers: { range: "bytes=100-199" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe(`bytes 100-199/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(100, 200));
    const beyond = await fetch(base + media.url, { headers: { range: `bytes=${whole.length}-` } });
    expect(beyond.status).toBe(416);
    // A cache that kept it would never ask again.
    expect(beyond.headers.get("cache-control")).toBeNull();
    const changed = await fetch(base + media.url, { headers: { range: "bytes=0-9", "if-range": '"other"' } });
    expect(changed.status).toBe(200);
    expect((await changed.arrayBuffer()).byteLength).toBe(whole.length);
    const head = await fetch(base + media.url, { method: "HEAD" });
    expect([head.status, head.headers.get("content-length")]).toEqual([200, `${whole.length}`]);
  });
});

describe("an upload", () => {
  it("that is too large is refused, whether it says so or not", async () => {
    const large = Buffer.alloc(2_000_001);
    expect((await upload(large, "image/png")).status).toBe(413);
    const request = httpRequest(`${base}/api/media`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${owner}`,
        "content-type": "image/png",
        "transfer-encoding": "chunked",
      },
    });
    request.end(large);
    const [response] = await once(request, "response");
    expect(response.statusCode).toBe(413);
    response.resume();
    await eventually(async () => (await scratch()).length === 0);
  });

  it("that breaks off leaves nothing", async () => {
    const documents = await stored();
    const request = httpRequest(`${base}/api/media`, {
      method: "POST",
      headers: { authorization: `Bearer ${owner}`, "content-type": "image/png", "content-length": "1000" },
    });
    request.on("error", () => {});
    request.write(Buffer.alloc(500));
    await eventually(async () => (await scratch()).length === 1);
    request.destroy();
    await eventually(async () => (await scratch()).length === 0);
    expect(await stored()).toBe(documents);
  });

  it.each([
    ["recording", "audio/wav", () => audio("-af", "apad=whole_dur=58", "-ar", "8000", "wav")],
    ["picture", "image/png", async () => pngOfZeros(6300, 6300)],
  ])("whose client goes away while its %s is converted leaves nothing", async (_kind, type, make) => {
    const body = await make();
    const [documents, objects] = [await stored(), await objectFiles()];
    const request = httpRequest(`${base}/api/media`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${owner}`,
        "content-type": type,
        "content-length": `${body.length}`,
      },
    });
    request.on("error", () => {});
    request.end(body);
    await eventually(async () => (await scratchBytes()) >= body.length, { intervalMs: 5 });
    request.destroy();
    await eventually(async () => (await scratch()).length === 0);
    expect(await stored()).toBe(documents);
    expect(await objectFiles()).toEqual(objects);
  });

  /** Sends the begin of a picture, and no more of it. */
  function begin(token: string) {
    const request = httpRequest(`${base}/api/media`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "image/png", "content-length": "1000" },
    });
    request.on("error", () => {});
    request.write(Buffer.alloc(10));
    return request;
  }

  it("is told to come again when too many are under way, of all and of one user", async () => {
    const body = await picture(10, 10).png().toBuffer();
    const answer = async (token: string) => {
      const response = await upload(body, "image/png", token);
      return [response.status, response.headers.get("retry-after")];
    };
    const [other, third] = [tokenOf(randomUUID()), tokenOf(randomUUID())];
    const opened = [begin(owner), begin(owner), begin(owner)];
    await eventually(async () => (await scratch()).length === 3);
    expect(await answer(owner)).toEqual([429, "5"]);
    expect(await answer(other)).toEqual([201, null]);
    opened.push(begin(other));
    await eventually(async () => (await scratch()).length === 4);
    expect(await answer(third)).toEqual([503, "5"]);
    for (const request of opened) request.destroy();
    await eventually(async () => (await scratch()).length === 0);
    await keep(body, "image/png");
  });

  it("of which nothing more comes is given up, and its slot with it", async () => {
    const stalled = [begin(owner), begin(owner), begin(owner)];
    const answers = await Promise.all(stalled.map((request) => once(request, "response")));
    for (const [response] of answers) {
      expect([response.statusCode, response.headers.connection]).toEqual([408, "close"]);
      response.resume();
    }
    await eventually(async () => (await scratch()).length === 0);
    await keep(await picture(10, 10).png().toBuffer(), "image/png");
  });

  it("is counted by kind and outcome", async () => {
    const text = await (await fetch(`${management}/metrics`)).text();
    for (const labels of [
      'kind="image",outcome="kept"',
      'kind="image",outcome="refused"',
      'kind="audio",outcome="gone"',
      'kind="unknown",outcome="refused"',
    ])
      expect(text).toMatch(new RegExp(`media_upload_count\\{${labels}\\} [1-9]`));
  });

  it("needs an access token", async () => {
    const response = await fetch(`${base}/api/media`, { method: "POST", body: "x" });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toContain("Bearer");
  });
});

describe("who may see it", () => {
  it("is its owner, and who has a signed address that holds", async () => {
    const { id, url } = await keep(await picture(50, 50).png().toBuffer(), "image/png");
    expect((await get(`/api/media/${id}`)).status).toBe(200);
    const stranger = tokenOf(randomUUID());
    expect((await get(`/api/media/${id}`, stranger)).status).toBe(404);
    expect((await get(`/api/media/${id}`, stranger, "DELETE")).status).toBe(404);
    const forge = async (change: (query: URLSearchParams) => void) => {
      const forged = new URL(url, base);
      change(forged.searchParams);
      return (await fetch(forged)).status;
    };
    expect(await forge((query) => query.set("variant", "thumbnail"))).toBe(403);
    expect(await forge((query) => query.set("expires", String(Number(query.get("expires")) + 60)))).toBe(403);
    expect(await forge((query) => query.set("signature", "AAAA"))).toBe(403);
    expect(await forge((query) => query.delete("signature"))).toBe(400);
    expect((await fetch(base + url.replace(id, randomUUID()))).status).toBe(403);
  });

  it("is nobody, once it is deleted", async () => {
    const { id, url } = await keep(await picture(50, 50).png().toBuffer(), "image/png");
    expect((await get(`/api/media/${id}`, owner, "DELETE")).status).toBe(204);
    expect((await get(`/api/media/${id}`)).status).toBe(404);
    expect((await fetch(base + url)).status).toBe(404);
    expect((await objectFiles()).filter((path) => path.includes(id))).toEqual([]);
  });

  it("gets bytes that run nothing, and that its cache keeps", async () => {
    const { url } = await keep(await picture(50, 50).png().toBuffer(), "image/png");
    const response = await fetch(base + url);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "image/webp",
      "content-security-policy": "default-src 'none'; sandbox",
      "x-content-type-options": "nosniff",
      "cache-control": expect.stringMatching(/^private, max-age=\d+, immutable$/),
    });
    const etag = response.headers.get("etag") ?? "";
    // Not by fetch, which asks for no cached answer when it is given a condition.
    const request = httpRequest(base + url, { headers: { "if-none-match": etag } }).end();
    const [again] = await once(request, "response");
    expect(again.resume().statusCode).toBe(304);
  });
});
