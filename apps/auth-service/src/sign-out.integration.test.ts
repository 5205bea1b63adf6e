import { TokenResponse } from "@mobile-ai-agent/contracts";
import {
  createLogger,
  createTokenVerifier,
  followRevocations,
  openRedis,
  type RedisClient,
  refuseRevoked,
} from "@mobile-ai-agent/service-kit";
import {
  createIssuer,
  describedFetch,
  eventually,
  freePort,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAuthService } from "./testing/run-auth-service.ts";

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let redis: Awaited<ReturnType<typeof startRedis>>;
let port: number;
let client: RedisClient;
let replicas: string[];

beforeAll(async () => {
  port = await freePort();
  const mongo = await startMongo();
  cleanup.defer(() => mongo.stop());
  redis = await startRedis({ port });
  cleanup.defer(() => redis.stop());
  const services = await Promise.all([1, 2].map(() => runAuthService({ mongo, redis, issuer })));
  for (const service of services) cleanup.defer(() => service.stop());
  replicas = services.map(({ origin }) => origin);
  const opened = openRedis({ REDIS_URL: redis.url });
  cleanup.defer(() => opened.close());
  client = opened.client;
  await eventually(() => client.isReady);
  await post(0, "register", { ...account, email: "ann@example.org" });
});
afterAll(() => cleanup.disposeAsync());

const account = { username: "ann", password: "correct horse battery" };
const post = (replica: number, operation: string, body: object = {}, token = "") =>
  describedFetch(`${replicas[replica]}/api/auth/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
const login = async () => TokenResponse.required().parse(await (await post(0, "login", account)).json());
const statusOfMe = async (replica: number, { access_token }: { access_token: string }) =>
  (
    await describedFetch(`${replicas[replica]}/api/users/me`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
  ).status;

/** As another service verifies tokens. */
async function anotherService() {
  const revocations = await followRevocations(client, createLogger("test", "none"));
  cleanup.defer(() => revocations.close());
  const jwksUrl = `${replicas[1]}/.well-known/jwks.json`;
  const verifier = createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, jwksUrl });
  const guarded = refuseRevoked(verifier, revocations);
  return {
    takes: ({ access_token }: { access_token: string }) =>
      guarded.verify(access_token).then(
        () => true,
        () => false,
      ),
  };
}

describe("signing out", () => {
  it("ends the access tokens of that sign-in, on every replica and in other services", async () => {
    const service = await anotherService();
    const [phone, tablet] = [await login(), await login()];
    expect(await service.takes(phone)).toBe(true);
    await post(0, "logout", { refresh_token: phone.refresh_token });
    expect([await statusOfMe(0, phone), await statusOfMe(1, phone)]).toEqual([401, 401]);
    await eventually(async () => !(await service.takes(phone)), { timeoutMs: 1000 });
    expect([await statusOfMe(1, tablet), await service.takes(tablet)]).toEqual([200, true]);
  });

  it("everywhere ends every sign-in of that user, and no other's", async () => {
    const service = await anotherService();
    const other = { username: "bob", password: account.password };
    await post(0, "register", { ...other, email: "bob@example.org" });
    const bob = TokenResponse.required().parse(await (await post(0, "login", other)).json());
    const devices = [await login(), await login(), await login()];
    const response = await post(1, "logout-all", {}, devices[0]?.access_token);
    expect([response.status, response.headers.get("cache-control")]).toEqual([204, "no-store"]);
    for (const device of devices) {
      expect(await statusOfMe(0, device)).toBe(401);
      expect((await post(0, "refresh", { refresh_token: device.refresh_token })).status).toBe(401);
      await eventually(async () => !(await service.takes(device)), { timeoutMs: 1000 });
    }
    expect([await statusOfMe(0, bob), await service.takes(bob)]).toEqual([200, true]);
    expect((await post(1, "logout-all", {}, devices[0]?.access_token)).status).toBe(401);
    expect((await post(1, "logout-all")).status).toBe(401);
  });

  it("takes the access tokens of a thief, and of who was robbed, when a refresh token is used twice", async () => {
    const robbed = await login();
    const refresh = async ({ refresh_token }: { refresh_token: string }) =>
      TokenResponse.required().parse(await (await post(0, "refresh", { refresh_token })).json());
    const thief = await refresh(await refresh(robbed));
    expect((await post(1, "refresh", { refresh_token: robbed.refresh_token })).status).toBe(401);
    expect([await statusOfMe(0, thief), await statusOfMe(0, robbed)]).toEqual([401, 401]);
  });

  it("needs no Redis; services hear of it when that is back, though it has lost everything", async () => {
    const service = await anotherService();
    const device = await login();
    expect(await service.takes(device)).toBe(true);
    await redis.stop();
    expect((await post(0, "logout-all", {}, device.access_token)).status).toBe(204);
    // Where an account could be changed, the database is asked.
    expect(await statusOfMe(1, device)).toBe(401);
    // Declared: without Redis, others take the token until it expires.
    expect(await service.takes(device)).toBe(true);
    redis = await startRedis({ port });
    await eventually(async () => !(await service.takes(device)));
  });

  it("is told again to a Redis that has lost what it was told", async () => {
    const device = await login();
    await post(0, "logout", { refresh_token: device.refresh_token });
    await redis.stop();
    redis = await startRedis({ port });
    await eventually(() => client.isReady);
    const late = await anotherService();
    await eventually(async () => !(await late.takes(device)));
  });

  it("in and out is not held up by a Redis that hangs", async () => {
    await eventually(() => client.isReady);
    const device = await login();
    redis.pause();
    try {
      expect((await post(0, "login", account)).status).toBe(200);
      expect((await post(0, "logout", { refresh_token: device.refresh_token })).status).toBe(204);
      expect(await statusOfMe(1, device)).toBe(401);
    } finally {
      redis.resume();
    }
    const service = await anotherService();
    await eventually(async () => !(await service.takes(device)));
  });
});
