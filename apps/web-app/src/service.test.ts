import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from "node:zlib";
import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { webAppConfig } from "./config.ts";
import { createWebApp } from "./service.ts";

const SCRIPT = `console.log("${"app ".repeat(500)}");`;
const INLINE = 'globalThis.__EXPO_ROUTER_HYDRATE__ = "a & b";';
const STYLE = "#root { display: flex }";
const ENTRY = `/_expo/static/js/web/entry-${"0a1b".repeat(8)}.js`;
const PICTURE = `/assets/node_modules/icons/back.${"0a1b".repeat(8)}@2x.png`;
const HTML = [
  `<!doctype html><html><head><style id="reset">${STYLE}</style>`,
  `<script type="module">${INLINE}</script></head>`,
  `<body><div id="root"></div><script src="${ENTRY}" defer></script></body></html>`,
].join("\n");
/** A build as the image has it: compressed copies beside the files, no times. */
const BUILD = {
  "/index.html": HTML,
  "/index.html.br": brotliCompressSync(HTML),
  "/index.html.gz": gzipSync(HTML),
  [ENTRY]: SCRIPT,
  [`${ENTRY}.br`]: brotliCompressSync(SCRIPT),
  [`${ENTRY}.gz`]: gzipSync(SCRIPT),
  [PICTURE]: Buffer.from("89504e470d0a1a0a", "hex"),
  "/favicon.ico": "icon",
};

const folders: string[] = [];
let service: ReturnType<typeof createWebApp>;

async function startOn(files: Record<string, string | Buffer>) {
  const folder = await mkdtemp(join(tmpdir(), "web-build-"));
  folders.push(folder);
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
    await utimes(join(folder, path), 0, 0);
  }
  const config = readConfig(webAppConfig, { PORT: "0", METRICS_PORT: "0", PUBLIC_DIR: folder });
  const created = createWebApp(config, createLogger("web-app", "none"));
  await created.start();
  return created;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Buffer;
}

/** As it is on the wire: `fetch` would decompress it. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  { method = "GET", of = service } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { http } = of.ports();
    const asked = request({ host: "127.0.0.1", port: http, path, method, headers }, async (response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) });
    });
    asked.once("error", reject).end();
  });
}

const BROWSER = { accept: "text/html,application/xhtml+xml,*/*;q=0.8", "sec-fetch-mode": "navigate" };
const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

beforeAll(async () => {
  service = await startOn(BUILD);
});
afterAll(async () => {
  await service?.stop();
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

describe("the page", () => {
  it.each(["/", "/index.html", "/chats/42?from=push", "/login"])(
    "is what a browser gets at %s",
    async (path) => {
      const { status, headers, body } = await ask(path, BROWSER);
      expect([status, body.toString()]).toEqual([200, HTML]);
      expect(headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(headers["cache-control"]).toBe("no-cache");
    },
  );

  it.each([
    "/api",
    "/api/session",
    "/ws/",
    "/mcp",
    "/.well-known/security.txt",
    "/_expo/static/js/web/old.js",
    "/assets/gone.png",
  ])("is not what one gets at %s", async (path) => {
    const { status, headers } = await ask(path, BROWSER);
    expect([status, headers["content-type"]]).toEqual([404, "application/problem+json; charset=utf-8"]);
  });

  it("is not for scripts, pictures and programs that ask for what is not there", async () => {
    expect((await ask("/gone.js", { accept: "*/*" })).status).toBe(404);
    expect((await ask("/gone", { accept: "text/html", "sec-fetch-mode": "cors" })).status).toBe(404);
    expect((await ask("/login", BROWSER, { method: "POST" })).status).toBe(404);
    expect((await ask("/%", BROWSER)).status).toBe(400);
  });

  it("is told to be unchanged by its content, since images carry no times", async () => {
    const { headers } = await ask("/", BROWSER);
    const again = await ask("/chats", { ...BROWSER, "if-none-match": String(headers.etag) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    const other = await startOn({ "/index.html": HTML.replace("a & b", "b & a") });
    const changed = await ask("/", { ...BROWSER, "if-none-match": String(headers.etag) }, { of: other });
    await other.stop();
    expect(changed.status).toBe(200);
    expect(changed.headers["last-modified"]).toBeUndefined();
  });
});

describe("a file", () => {
  it("is kept for ever if its name has a hash of it, else asked for each time", async () => {
    for (const path of [ENTRY, PICTURE])
      expect((await ask(path)).headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    const { headers } = await ask("/favicon.ico");
    expect([headers["cache-control"], headers["content-type"]]).toEqual([
      "no-cache",
      "image/vnd.microsoft.icon",
    ]);
  });

  it("comes in the best encoding that the build has and the caller takes", async () => {
    const brotli = await ask(ENTRY, { "accept-encoding": "gzip, deflate, br, zstd" });
    expect(brotli.headers).toMatchObject({ "content-encoding": "br", vary: "Accept-Encoding" });
    expect(brotli.headers["content-type"]).toBe("text/javascript; charset=utf-8");
    expect(brotliDecompressSync(brotli.body).toString()).toBe(SCRIPT);
    const gzip = await ask(ENTRY, { "accept-encoding": "gzip, br;q=0" });
    expect(gunzipSync(gzip.body).toString()).toBe(SCRIPT);
    const plain = await ask(ENTRY);
    expect([plain.headers["content-encoding"], plain.body.toString()]).toEqual([undefined, SCRIPT]);
    expect(new Set([brotli, gzip, plain].map(({ headers }) => headers.etag)).size).toBe(3);
    expect((await ask(PICTURE, { "accept-encoding": "br" })).headers).not.toHaveProperty("vary");
  });

  it("comes in parts, and without its body for HEAD", async () => {
    const part = await ask(ENTRY, { range: "bytes=0-6" });
    expect([part.status, part.body.toString()]).toEqual([206, SCRIPT.slice(0, 7)]);
    expect(part.headers["content-range"]).toBe(`bytes 0-6/${SCRIPT.length}`);
    const stale = await ask(ENTRY, { range: "bytes=0-6", "if-range": '"other"' });
    expect([stale.status, stale.body.length]).toEqual([200, SCRIPT.length]);
    const head = await ask(ENTRY, {}, { method: "HEAD" });
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([
      200,
      `${SCRIPT.length}`,
      0,
    ]);
  });

  it("that has no such part says how long it is, and nobody keeps that answer", async () => {
    const { status, headers } = await ask(ENTRY, { range: "bytes=99999-", "accept-encoding": "br" });
    expect(status).toBe(416);
    expect(headers).toMatchObject({ "content-range": expect.stringMatching(/^bytes \*\/\d+$/) });
    for (const header of ["content-encoding", "etag", "cache-control"])
      expect(headers).not.toHaveProperty(header);
  });

  it("is never one outside the build", async () => {
    for (const path of ["/../package.json", "/%2e%2e/package.json", "/..%2f..%2fetc/passwd", "/constructor"])
      expect((await ask(path)).status, path).toBe(404);
  });
});

describe("the security headers", () => {
  async function policy(headers = {}) {
    const answer = await ask("/", { ...BROWSER, ...headers });
    const directives = String(answer.headers["content-security-policy"]).split(";");
    return new Map(directives.map((text) => [text.split(" ")[0], text.split(" ").slice(1)]));
  }

  it("let run what the build wrote, and nothing else", async () => {
    const directives = await policy();
    expect(directives.get("default-src")).toEqual(["'none'"]);
    expect(directives.get("script-src")).toEqual(["'self'", hash(INLINE)]);
    expect(directives.get("style-src")).toEqual(["'self'", hash(""), hash(STYLE)]);
    expect(directives.get("frame-ancestors")).toEqual(["'none'"]);
    expect(directives.get("base-uri")).toEqual(["'none'"]);
    expect([...directives.values()].flat().join(" ")).not.toMatch(/unsafe|\*|https?:/);
  });

  it("let it connect to its own origin only", async () => {
    expect((await policy({ host: "agent.example.com:8443" })).get("connect-src")).toEqual([
      "'self'",
      "wss://agent.example.com:8443",
    ]);
    expect((await policy({ host: "a;script-src *" })).get("connect-src")).toEqual(["'self'", "'self'"]);
  });

  it("are with every answer, also with one that is not there", async () => {
    for (const path of [ENTRY, "/gone"]) {
      expect((await ask(path)).headers).toMatchObject({
        "strict-transport-security": expect.stringMatching(/max-age=31536000/),
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": expect.stringMatching(/camera=\(self\), microphone=\(self\)/),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
      });
    }
  });
});

it("names the folder that holds no build", async () => {
  const config = readConfig(webAppConfig, { PORT: "0", METRICS_PORT: "0", PUBLIC_DIR: "/nowhere" });
  const broken = createWebApp(config, createLogger("web-app", "none"));
  await expect(broken.start()).rejects.toThrow("/nowhere holds no index.html: name the folder");
  await broken.stop();
});

it("counts requests by route, however many paths there are", async () => {
  for (let i = 0; i < 50; i++) await ask(`/random/${i}`);
  const metrics = await fetch(`http://127.0.0.1:${service.ports().management}/metrics`);
  const routes = [...(await metrics.text()).matchAll(/^app_request_count\{.*route="([^"]*)"/gm)].map(
    ([, route]) => route,
  );
  expect(new Set(routes)).toEqual(new Set(["/{*path}", "unmatched"]));
});
