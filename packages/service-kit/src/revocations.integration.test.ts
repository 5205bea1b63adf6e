import { randomUUID } from "node:crypto";
import { createIssuer, eventually, freePort, startRedis } from "@mobile-ai-agent/test-support";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLogger } from "./logger.ts";
import { openRedis, type RedisClient } from "./redis.ts";
import { announceRevocations, followRevocations, refuseRevoked } from "./revocations.ts";
import { createTokenVerifier, InvalidToken } from "./token-verifier.ts";

const logger = createLogger("test", "none");
let port: number;
let server: Awaited<ReturnType<typeof startRedis>>;
let redis: RedisClient;
let cleanup: AsyncDisposableStack;

beforeEach(async () => {
  cleanup = new AsyncDisposableStack();
  port = await freePort();
  server = await startRedis({ port });
  cleanup.defer(() => server.stop());
  const opened = openRedis({ REDIS_URL: server.url });
  cleanup.defer(() => opened.close());
  redis = opened.client;
  await eventually(() => redis.isReady);
});
afterEach(() => cleanup.disposeAsync());

async function follow() {
  const revocations = await followRevocations(redis, logger);
  cleanup.defer(() => revocations.close());
  return revocations;
}

const ended = (ms = 60_000) => ({ signIn: randomUUID(), until: Date.now() + ms });

describe("followRevocations", () => {
  it("hears of a revocation within a second, in every process, and calls back", async () => {
    const replicas = await Promise.all([1, 2, 3].map(follow));
    const heard: string[] = [];
    for (const replica of replicas) replica.onRevoked((signIn) => heard.push(signIn));
    const one = ended();
    expect(replicas.some((replica) => replica.has(one.signIn))).toBe(false);
    await announceRevocations(redis, [one]);
    await eventually(() => replicas.every((replica) => replica.has(one.signIn)), { timeoutMs: 1000 });
    expect(heard).toEqual([one.signIn, one.signIn, one.signIn]);
    expect(replicas.some((replica) => replica.has(randomUUID()))).toBe(false);
  });

  it("knows what was announced before it began, however much", async () => {
    const before = Array.from({ length: 2500 }, () => ended());
    await announceRevocations(redis, before);
    const late = await follow();
    expect(before.filter(({ signIn }) => !late.has(signIn))).toEqual([]);
  });

  it("forgets what no token can be of any longer", async () => {
    const [short, long] = [ended(300), ended()];
    const revocations = await follow();
    await announceRevocations(redis, [short, long]);
    await eventually(() => revocations.has(long.signIn));
    await eventually(() => !revocations.has(short.signIn), { timeoutMs: 5000 });
    expect(revocations.has(long.signIn)).toBe(true);
  });

  it("keeps what it knows while Redis is away, and hears again from one that has lost everything", async () => {
    const [before, after] = [ended(), ended()];
    await announceRevocations(redis, [before]);
    const revocations = await follow();
    await server.stop();
    await expect(announceRevocations(redis, [after])).rejects.toThrow();
    expect(revocations.has(before.signIn)).toBe(true);
    server = await startRedis({ port });
    await eventually(() => redis.isReady);
    await announceRevocations(redis, [after]);
    await eventually(() => revocations.has(after.signIn));
    expect(revocations.has(before.signIn)).toBe(true);
  });

  it("lets a service start without Redis", async () => {
    await server.stop();
    const revocations = await follow();
    expect(revocations.has(randomUUID())).toBe(false);
  }, 15_000);
});

describe("refuseRevoked", () => {
  it("refuses a valid token from the moment that its sign-in was ended", async () => {
    const issuer = createIssuer();
    const verifier = createTokenVerifier({
      issuer: issuer.issuer,
      audience: issuer.audience,
      jwksUrl: "http://localhost/jwks",
      fetch: async () => Response.json(issuer.jwks()),
    });
    const revocations = await follow();
    const guarded = refuseRevoked(verifier, revocations);
    const one = ended();
    const token = issuer.token({ claims: { sid: one.signIn } });
    expect(await guarded.verify(token)).toMatchObject({ sid: one.signIn });
    await announceRevocations(redis, [one]);
    await eventually(() => revocations.has(one.signIn));
    await expect(guarded.verify(token)).rejects.toThrow(InvalidToken);
    await expect(guarded.verify(issuer.token())).resolves.toBeDefined();
  });
});
