import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Media } from "@mobile-ai-agent/contracts";
import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createAuditKey,
  createIssuer,
  describedFetch,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { mediaConfig } from "../../media-processing/src/config.ts";
import { createService as createMediaService } from "../../media-processing/src/service.ts";
import { noise } from "../../media-processing/src/testing/samples.ts";
import { readServiceConfig } from "./config.ts";
import { createService } from "./service.ts";

const logger = createLogger("test", "none");
const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let media: { url: string; stop(): Promise<void> };
let startMedia: (port?: number) => Promise<typeof media>;
let origin: string;

beforeAll(async () => {
  const [redis, mongo, keys] = await Promise.all([startRedis(), startMongo(), issuer.serve()]);
  for (const resource of [redis, mongo, keys]) cleanup.defer(() => resource.stop());
  const folder = await mkdtemp(join(tmpdir(), "media-messages-"));
  cleanup.defer(() => rm(folder, { recursive: true }));
  const env = {
    ...{ PORT: "0", METRICS_PORT: "0", MONGODB_URI: mongo.uri, REDIS_URL: redis.url },
    ...{ JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: issuer.audience, JWKS_URL: keys.jwksUrl },
  };
  startMedia = async (port = 0) => {
    const settings = {
      OBJECT_STORE_URL: `file://${folder}`,
      MEDIA_URL_KEY: "k".repeat(32),
      AUDIT_KEYS: createAuditKey(),
      ...CONTENT_ENV,
    };
    const config = readConfig(mediaConfig, { ...env, ...settings, PORT: `${port}` });
    const service = createMediaService(config, { logger });
    await service.start();
    return { url: `http://127.0.0.1:${service.ports().http}`, stop: () => service.stop() };
  };
  media = await startMedia();
  cleanup.defer(() => media.stop());
  const service = createService(
    readServiceConfig({
      ...{ ...env, RUN_TOKEN_KEY: "k".repeat(32), ...CONTENT_ENV, MEDIA_PROCESSING_URL: media.url },
      ...{ MCP_URL: "https://agent.test/mcp", MCP_ALLOWED_HOSTS: "127.0.0.1" },
    }),
    { logger },
  );
  cleanup.defer(() => service.stop());
  await service.start();
  origin = `http://127.0.0.1:${service.port()}`;
});
afterAll(() => cleanup.disposeAsync());

let owner: User;
let picture: Media;
beforeEach(async () => {
  owner = await createUser();
  picture = await owner.upload();
});

type User = Awaited<ReturnType<typeof createUser>>;

/** A user with a session. */
async function createUser() {
  const authorization = `Bearer ${issuer.token({ claims: { sub: randomUUID() } })}`;
  const headers = { authorization, "content-type": "application/json" };
  const call = async (method: string, path: string, body?: object) => {
    const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
    const response = await describedFetch(origin + path, init);
    // biome-ignore lint/suspicious/noExplicitAny: the assertions are the schema here
    return { status: response.status, body: (await response.json()) as any };
  };
  const { session_id: id } = (await call("POST", "/api/session/create", {})).body;
  return {
    send: (message: object) => call("POST", `/api/message/${id}`, message),
    messages: async () => (await call("GET", `/api/message/${id}`)).body.messages,
    async upload(): Promise<Media> {
      const response = await describedFetch(`${media.url}/api/media`, {
        method: "POST",
        headers: { authorization, "content-type": "image/png" },
        body: await noise(8, 6),
      });
      expect(response.status).toBe(201);
      return (await response.json()) as Media;
    },
    remove: (mediaId: string) =>
      describedFetch(`${media.url}/api/media/${mediaId}`, { method: "DELETE", headers: { authorization } }),
  };
}

it("stores a picture's id in the message and gives it back", async () => {
  const { status, body } = await owner.send({ type: "image", media_id: picture.id });
  expect(status).toBe(201);
  expect(body.message).toMatchObject({ type: "image", content: "", media_id: picture.id });
  expect(await owner.messages()).toEqual([body.message]);
});

it("stores nothing that shows another user's picture, one that isn't there, or one as a recording", async () => {
  const stranger = await createUser();
  expect((await stranger.send({ type: "image", media_id: picture.id })).status).toBe(404);
  expect((await owner.send({ type: "image", media_id: randomUUID() })).status).toBe(404);
  const wrong = await owner.send({ type: "audio", media_id: picture.id });
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ path: "type" }] } });
  expect((await owner.send({ type: "image" })).status).toBe(400);
  expect((await owner.send({ type: "text", content: "x", media_id: picture.id })).status).toBe(400);
  expect([...(await owner.messages()), ...(await stranger.messages())]).toEqual([]);
});

it("answers a resend with the stored message, also when the picture is gone by then", async () => {
  const message = { type: "image", media_id: picture.id, client_message_id: randomUUID() };
  const first = await owner.send(message);
  expect((await owner.remove(picture.id)).status).toBe(204);
  expect(await owner.send(message)).toEqual(first);
  expect(await owner.messages()).toHaveLength(1);
});

it("asks to send again while media-processing is away, and stores nothing; texts need it not", async () => {
  const { port } = new URL(media.url);
  await media.stop();
  try {
    expect((await owner.send({ type: "image", media_id: picture.id })).status).toBe(503);
    expect((await owner.send({ content: "hello" })).status).toBe(201);
    expect(await owner.messages()).toHaveLength(1);
  } finally {
    media = await startMedia(Number(port));
  }
  expect((await owner.send({ type: "image", media_id: picture.id })).status).toBe(201);
});
