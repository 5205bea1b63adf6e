import { spawn } from "node:child_process";
import { Console } from "node:console";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CONTENT_ENV,
  createAuditKey,
  createIssuer,
  eventually,
  freePort,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";
import { audio, noise } from "../../apps/media-processing/src/testing/samples.ts";
import { REPOSITORY } from "../repository.ts";
import { bundleService } from "./bundle.ts";
import { copyPackages, findClosure } from "./native-modules.ts";

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let base: string;

/** The service as its image has it: what only the repository's node_modules has is not there. */
beforeAll(async () => {
  const [mongo, redis, keys] = await Promise.all([startMongo(), startRedis(), issuer.serve()]);
  for (const resource of [mongo, redis, keys]) cleanup.defer(() => resource.stop());
  const folder = await mkdtemp(join(tmpdir(), "media-bundle-"));
  cleanup.defer(() => rm(folder, { recursive: true }));
  // Vitest's console lacks it, and a plugin of the bundler makes one.
  Object.assign(console, { Console });
  const { files, native } = await bundleService("media-processing");
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  await copyPackages(await findClosure(native, REPOSITORY), REPOSITORY, folder);
  const [port, management] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ["main.mjs"], {
    cwd: folder,
    stdio: "ignore",
    env: {
      ...{ PATH: process.env.PATH, PORT: `${port}`, METRICS_PORT: `${management}`, MONGODB_URI: mongo.uri },
      ...{ JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: issuer.audience, JWKS_URL: keys.jwksUrl },
      ...{
        OBJECT_STORE_URL: `file://${folder}/objects`,
        MEDIA_URL_KEY: "k".repeat(32),
        AUDIT_KEYS: createAuditKey(),
        ...CONTENT_ENV,
      },
      REDIS_URL: redis.url,
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

it.each([
  ["picture", "image/png", () => noise(40, 30)],
  ["recording", "audio/wav", async () => new Uint8Array(await audio("wav"))],
])("media-processing takes a %s as it is in its image", async (_kind, type, make) => {
  const headers = { authorization: `Bearer ${issuer.token()}`, "content-type": type };
  const response = await fetch(`${base}/api/media`, { method: "POST", headers, body: await make() });
  expect(response.status).toBe(201);
  const { url, bytes } = (await response.json()) as { url: string; bytes: number };
  expect((await (await fetch(base + url)).arrayBuffer()).byteLength).toBe(bytes);
});
