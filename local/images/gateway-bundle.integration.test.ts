import { spawn } from "node:child_process";
import { Console } from "node:console";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OPERATIONS } from "@mobile-ai-agent/contracts";
import { eventually, freePort } from "@mobile-ai-agent/test-support";
import { chromium } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { REPOSITORY } from "../repository.ts";
import { bundleService } from "./bundle.ts";
import { copyPackages, findClosure } from "./native-modules.ts";

const cleanup = new AsyncDisposableStack();
let folder: string;
let base: string;

/** The gateway as its image has it, and nothing of what it passes requests on to. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "gateway-bundle-"));
  cleanup.defer(() => rm(folder, { recursive: true }));
  // Vitest's console lacks it, and a plugin of the bundler makes one.
  Object.assign(console, { Console });
  const { files, native } = await bundleService("api-gateway");
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  await copyPackages(await findClosure(native, REPOSITORY), REPOSITORY, folder);
  const [port, management, nowhere] = [await freePort(), await freePort(), "127.0.0.1:1"];
  const child = spawn(process.execPath, ["main.mjs"], {
    cwd: folder,
    stdio: "ignore",
    env: {
      ...{ PATH: process.env.PATH, PORT: `${port}`, METRICS_PORT: `${management}` },
      ...{ JWT_ISSUER: "https://issuer.test", JWT_AUDIENCE: "mobile-ai-agent" },
      ...{ JWKS_URL: `http://${nowhere}/jwks.json`, REDIS_URL: `redis://${nowhere}` },
      ...{ AUTH_SERVICE_URL: `http://${nowhere}`, CONTEXT_PROTOCOL_SERVER_URL: `http://${nowhere}` },
    },
  });
  const ended = once(child, "exit");
  cleanup.defer(async () => {
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
  await eventually(async () => (await fetch(`http://127.0.0.1:${management}/readyz`)).ok);
  base = `http://127.0.0.1:${port}`;
});
afterAll(() => cleanup.disposeAsync());

it("api-gateway shows every operation to a real browser, whose policy refuses nothing of it", async () => {
  const browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
  });
  cleanup.defer(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const said: string[] = [];
  const asked: string[] = [];
  page.on("pageerror", ({ message }) => said.push(message));
  page.on("console", (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on("request", (request) => asked.push(request.url()));

  await page.goto(`${base}/api/docs`);
  await page.locator(".opblock").first().waitFor();
  expect(await page.locator(".opblock").count()).toBe(Object.keys(OPERATIONS).length);
  const operation = page.locator(".opblock-post").first();
  await operation.locator("button").first().click();
  await operation.locator(".opblock-body").waitFor();
  expect(said).toEqual([]);
  expect(asked.filter((url) => !url.startsWith(`${base}/api/`) && !url.startsWith("data:"))).toEqual([]);
});

it("its image has no more of the renderer than the page needs", async () => {
  const files = await readdir(join(folder, "node_modules/swagger-ui-dist"));
  expect(files.filter((name) => !/LICENSE|NOTICE/.test(name)).sort()).toEqual([
    "absolute-path.js",
    "package.json",
    "swagger-ui-bundle.js",
    "swagger-ui.css",
  ]);
});
