import { randomUUID } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Media } from "@mobile-ai-agent/contracts";
import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createAuditKey,
  createIssuer,
  describedFetch,
  eventually,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mediaConfig } from "../../media-processing/src/config.ts";
import { createService, type MediaProcessing } from "../../media-processing/src/service.ts";
import { noise } from "../../media-processing/src/testing/samples.ts";
import { startGateway } from "./testing/start-gateway.ts";

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
const authorization = `Bearer ${issuer.token({ claims: { sub: randomUUID() } })}`;
let service: MediaProcessing;
let folder: string;
let base: string;
let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  const [mongo, redis, keys] = await Promise.all([startMongo(), startRedis(), issuer.serve()]);
  for (const resource of [mongo, redis, keys]) cleanup.defer(() => resource.stop());
  folder = await mkdtemp(join(tmpdir(), "gateway-media-"));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const tokens = { JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: issuer.audience, JWKS_URL: keys.jwksUrl };
  const config = readConfig(mediaConfig, {
    ...{ ...tokens, PORT: "0", METRICS_PORT: "0", MONGODB_URI: mongo.uri, REDIS_URL: redis.url },
    ...{ SCRATCH_DIR: folder },
    ...{ OBJECT_STORE_URL: `file://${folder}/objects`, MEDIA_URL_KEY: "k".repeat(32), ...CONTENT_ENV },
    AUDIT_KEYS: createAuditKey(),
  });
  service = createService(config, { logger: createLogger("test", "none") });
  cleanup.defer(() => service.stop());
  await service.start();
  const gateway = await startGateway({
    ...tokens,
    MEDIA_PROCESSING_URL: `http://127.0.0.1:${service.ports().http}`,
  });
  cleanup.defer(() => gateway.stop());
  base = gateway.base;
  photo = await noise(1500, 1000);
});
afterAll(() => cleanup.disposeAsync());

const upload = (body: NonNullable<RequestInit["body"]>, headers: Record<string, string> = {}) =>
  describedFetch(`${base}/api/media`, {
    method: "POST",
    headers: { authorization, "content-type": "image/png", ...headers },
    body,
  });

async function keep(): Promise<Media> {
  const response = await upload(photo);
  expect(response.status).toBe(201);
  return (await response.json()) as Media;
}

it("takes a picture of several MB, and shows it to who has its address, without a token", async () => {
  expect(photo.length).toBeGreaterThan(4_000_000);
  const media = await keep();
  const whole = await describedFetch(base + media.url);
  expect(whole.status).toBe(200);
  expect(whole.headers.get("content-type")).toBe("image/webp");
  expect(whole.headers.get("content-security-policy")).toBe("default-src 'none'; sandbox");
  const bytes = Buffer.from(await whole.arrayBuffer());
  expect(bytes).toHaveLength(media.bytes);
  const part = await fetch(base + media.url, { headers: { range: "bytes=0-9" } });
  expect(part.status).toBe(206);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(bytes.subarray(0, 10));
});

it("asks for a token for everything else", async () => {
  const { id } = await keep();
  for (const [method, path] of [
    ["POST", "/api/media"],
    ["GET", `/api/media/${id}`],
    ["DELETE", `/api/media/${id}`],
  ] as const)
    expect((await describedFetch(base + path, { method })).status, `${method} ${path}`).toBe(401);
  expect((await describedFetch(`${base}/api/media/${id}/content`)).status).toBe(400);
});

it("passes on what the service says of a file that is too large", async () => {
  const response = await upload(new Uint8Array(11 * 1024 * 1024));
  expect(response.status).toBe(413);
  expect(((await response.json()) as { detail: string }).detail).toContain("10485760 bytes");
});

it("lets an upload under way end well when the service is stopped", async () => {
  const scratch = async () => (await readdir(folder)).filter((name) => name.startsWith("upload-"));
  const { promise: rest, resolve: goOn } = Promise.withResolvers<void>();
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(photo.subarray(0, 1000));
      await rest;
      controller.enqueue(photo.subarray(1000));
      controller.close();
    },
  });
  const response = fetch(`http://127.0.0.1:${service.ports().http}/api/media`, {
    method: "POST",
    headers: { authorization, "content-type": "image/png" },
    body,
    duplex: "half",
  } as RequestInit);
  await eventually(async () => (await scratch()).length === 1);
  const stopped = service.stop();
  goOn();
  expect((await response).status).toBe(201);
  await stopped;
  expect(await scratch()).toEqual([]);
});
