import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { Problem } from "@mobile-ai-agent/contracts";
import { listen } from "@mobile-ai-agent/service-kit";
import { createIssuer, eventually, freePort, startRedis } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGateway } from "../testing/start-gateway.ts";

type Gateway = Awaited<ReturnType<typeof startGateway>>;

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let redis: Awaited<ReturnType<typeof startRedis>>;
let port: number;
let env: Record<string, string>;
/** What the services were asked. */
let served = 0;

beforeAll(async () => {
  port = await freePort();
  redis = await startRedis({ port });
  const keys = await issuer.serve();
  cleanup.defer(() => keys.stop());
  const service = await listen(
    createServer((_request, response) => {
      served += 1;
      response.end("ok");
    }),
    0,
  );
  cleanup.defer(() => service.close());
  const url = `http://127.0.0.1:${service.port}`;
  env = {
    REDIS_URL: redis.url,
    JWKS_URL: keys.jwksUrl,
    AUTH_SERVICE_URL: url,
    CONTEXT_PROTOCOL_SERVER_URL: url,
  };
});
afterAll(async () => {
  await cleanup.disposeAsync();
  await redis?.stop();
});

async function replicas(changes: Record<string, string> = {}): Promise<Gateway[]> {
  const gateways = await Promise.all([1, 2, 3].map(() => startGateway({ ...env, ...changes })));
  for (const gateway of gateways) {
    cleanup.defer(() => gateway.stop());
    await countsInRedis(gateway);
  }
  return gateways;
}

/** Asks as somebody whom no test counts, until the replica counts in Redis. */
async function countsInRedis({ base, management }: Gateway): Promise<void> {
  await eventually(async () => {
    await fetch(`${base}/nowhere`, { headers: { authorization: `Bearer ${issuer.token()}` } });
    return /app_rate_limit_count\{class="other",outcome="admitted",store="redis"\}/.test(
      await (await fetch(`${management}/metrics`)).text(),
    );
  });
}

/** @returns the answers to so many requests at once, spread over the replicas. */
async function storm(gateways: readonly Gateway[], total: number, path: string, init: RequestInit = {}) {
  const answers = await Promise.all(
    Array.from({ length: total }, async (_, n) => {
      const { base } = gateways[n % gateways.length] as Gateway;
      const response = await fetch(base + path, init);
      await response.arrayBuffer();
      return response;
    }),
  );
  return (status: number) => answers.filter((answer) => answer.status === status);
}

const asUser = (token = issuer.token()) => ({ authorization: `Bearer ${token}` });

describe("three replicas, 1000 requests at once in each class", () => {
  const post = { method: "POST", body: "{}" };
  const CLASSES = [
    { name: "auth", path: "/api/auth/login", init: post, limit: 30 },
    { name: "chat", path: "/api/message/1", init: post, limit: 120 },
    { name: "api", path: "/api/session", init: {}, limit: 300 },
    { name: "other", path: "/mcp", init: post, limit: 60 },
  ] as const;
  const SECONDS = 15;

  it("admit exactly the limit, and again in the next window", async () => {
    const limits = CLASSES.map(({ name, limit }) => [
      `RATE_LIMIT_${name.toUpperCase()}`,
      `${limit}/${SECONDS}`,
    ]);
    const gateways = await replicas(Object.fromEntries(limits));
    const headers = asUser();
    for (const window of [1, 2]) {
      for (const { name, path, init, limit } of CLASSES) {
        const before = served;
        const begin = Date.now();
        const answers = await storm(gateways, 1000, path, { ...init, headers });
        const what = `${name}, window ${window}`;
        expect(Date.now() - begin, what).toBeLessThan(SECONDS * 1000);
        expect([answers(200).length, answers(429).length], what).toEqual([limit, 1000 - limit]);
        expect(served - before, what).toBe(limit);
        const left = answers(200).map(({ headers }) => Number(headers.get("x-rate-limit-remaining")));
        expect(left.sort((a, b) => a - b)).toEqual(Array.from({ length: limit }, (_, n) => n));
        expect(answers(429)[0]?.headers.get("ratelimit-policy")).toBe(`"${name}";q=${limit};w=${SECONDS}`);
      }
      if (window === 1) await delay(SECONDS * 1000);
    }
  }, 120_000);
});

describe("an answer", () => {
  it("tells the limit, and to who is over it why and until when", async () => {
    const [gateway] = (await replicas({ RATE_LIMIT_API: "2/60" })) as [Gateway];
    const get = (headers: Record<string, string>) => fetch(`${gateway.base}/api/session`, { headers });
    const headers = asUser();
    const first = await get(headers);
    expect(Object.fromEntries(first.headers)).toMatchObject({
      "ratelimit-policy": '"api";q=2;w=60',
      ratelimit: '"api";r=1;t=60',
      "x-rate-limit-limit": "2",
      "x-rate-limit-remaining": "1",
      "x-rate-limit-reset": "60",
    });
    expect(first.headers.has("retry-after")).toBe(false);
    await get(headers);
    const refused = await get(headers);
    expect(refused.headers.get("content-type")).toMatch("application/problem+json");
    const problem = Problem.parse(await refused.json());
    expect(problem).toMatchObject({ status: 429, title: "Too Many Requests" });
    const wait = refused.headers.get("retry-after");
    expect(Number(wait)).toBeGreaterThan(50);
    expect(problem.detail).toBe(`up to 2 such requests are taken in 60 s; try again in ${wait} s`);
    expect(refused.headers.get("ratelimit")).toBe(`"api";r=0;t=${wait}`);
    expect(refused.headers.get("x-rate-limit-remaining")).toBe("0");
    // Another user at the same address, and this one in another class, are not concerned.
    expect((await get(asUser())).status).toBe(200);
    const other = await fetch(`${gateway.base}/mcp`, { headers });
    expect(other.status).toBe(200);
  });

  it("of a probe knows no limit", async () => {
    const [gateway] = (await replicas({ RATE_LIMIT_OTHER: "5/60" })) as [Gateway];
    for (const path of ["/readyz", "/livez"]) {
      const answers = await storm([{ ...gateway, base: gateway.management }], 50, path);
      expect(answers(200)).toHaveLength(50);
    }
  });
});

describe("who counts", () => {
  /** Requests one after the other, until one is refused. */
  async function admitted(gateway: Gateway, path: string, headersOf: (n: number) => Record<string, string>) {
    for (let n = 0; n < 50; n += 1) {
      const response = await fetch(gateway.base + path, { headers: headersOf(n) });
      await response.arrayBuffer();
      if (response.status === 429) return n;
    }
    return Number.POSITIVE_INFINITY;
  }
  const spoofed = (n: number) => `203.0.113.${n}`;
  const start = (changes: Record<string, string> = {}) =>
    replicas({ RATE_LIMIT_AUTH: "5/60", RATE_LIMIT_API: "5/60", RATE_LIMIT_OTHER: "5/60", ...changes });

  it("is the connection's address where no proxy is trusted, whatever the header says", async () => {
    const [gateway] = (await start()) as [Gateway];
    expect(await admitted(gateway, "/mcp", (n) => ({ "x-forwarded-for": spoofed(n) }))).toBeLessThanOrEqual(
      5,
    );
  });

  it("is what the trusted proxy has seen, which is the last entry, whatever the client wrote before", async () => {
    const [gateway] = (await start({ TRUSTED_PROXY_COUNT: "1" })) as [Gateway];
    expect(
      await admitted(gateway, "/mcp", (n) => ({ "x-forwarded-for": `${spoofed(n)}, 198.51.100.1` })),
    ).toBe(5);
    // Clients behind the proxy don't share a limit.
    expect(await admitted(gateway, "/mcp", () => ({ "x-forwarded-for": "198.51.100.2" }))).toBe(5);
    expect(await admitted(gateway, "/mcp", (n) => ({ "x-forwarded-for": `198.51.100.${n + 100}` }))).toBe(
      Number.POSITIVE_INFINITY,
    );
  });

  it("is the entry before the last behind two proxies", async () => {
    const [gateway] = (await start({ TRUSTED_PROXY_COUNT: "2" })) as [Gateway];
    expect(
      await admitted(gateway, "/mcp", (n) => ({
        "x-forwarded-for": `${spoofed(n)}, 198.51.100.3, 10.0.0.${n}`,
      })),
    ).toBe(5);
  });

  it("is a network of IPv6, not each address of it", async () => {
    const [gateway] = (await start({ TRUSTED_PROXY_COUNT: "1" })) as [Gateway];
    const within = (network: string) => (n: number) => ({ "x-forwarded-for": `${network}::${n + 1}` });
    expect(await admitted(gateway, "/mcp", within("2001:db8:1:1"))).toBe(5);
    expect(await admitted(gateway, "/mcp", within("2001:db8:1:2"))).toBe(5);
  });

  it("is a user at every address, but at sign-in the address with every token", async () => {
    const [gateway] = (await start({ TRUSTED_PROXY_COUNT: "1" })) as [Gateway];
    const headers = asUser();
    expect(
      await admitted(gateway, "/api/session", (n) => ({ ...headers, "x-forwarded-for": spoofed(n) })),
    ).toBe(5);
    expect(
      await admitted(gateway, "/api/auth/login", () => ({ ...asUser(), "x-forwarded-for": "198.51.100.4" })),
    ).toBe(5);
  });

  it("is the address of who sends forged tokens", async () => {
    const [gateway] = (await start({ TRUSTED_PROXY_COUNT: "1" })) as [Gateway];
    const forger = createIssuer();
    expect(
      await admitted(gateway, "/api/session", () => ({
        ...asUser(forger.token()),
        "x-forwarded-for": "198.51.100.5",
      })),
    ).toBe(5);
  });

  it("can't be changed by another way to write the path", async () => {
    const [gateway] = (await start({ TRUSTED_PROXY_COUNT: "1" })) as [Gateway];
    const paths = ["/api/auth/login", "/API/auth/login", "/api/Auth/login/", "/api/AUTH/login?x=/api/"];
    let refused = 0;
    for (const path of [...paths, ...paths]) {
      const response = await fetch(gateway.base + path, { headers: { "x-forwarded-for": "198.51.100.6" } });
      if (response.status === 429) refused += 1;
    }
    expect(refused).toBe(3);
  });
});

describe("without Redis", () => {
  it("sign-ins get a tighter limit, the rest their own from each replica; nothing fails, and it ends by itself", async () => {
    const gateways = await replicas({
      RATE_LIMIT_AUTH: "30/60",
      RATE_LIMIT_API: "50/60",
      TRUSTED_PROXY_COUNT: "1",
    });
    const from = (address: string) => ({ method: "POST", headers: { "x-forwarded-for": address } });
    const session = (headers: Record<string, string>) => storm(gateways, 300, "/api/session", { headers });
    expect((await session(asUser()))(200)).toHaveLength(50);

    // In the middle of a storm, so that some requests wait for its answer.
    const during = session(asUser());
    await redis.stop();
    const hit = await during;
    expect(hit(200).length + hit(429).length).toBe(300);

    const signIns = await storm(gateways, 300, "/api/auth/login", from("198.51.100.7"));
    expect([signIns(200).length, signIns(429).length]).toEqual([30, 270]);
    expect(signIns(429)[0]?.headers.get("ratelimit-policy")).toBe('"auth";q=10;w=60');
    const rest = await session(asUser());
    expect([rest(200).length, rest(429).length]).toEqual([150, 150]);
    for (const { management } of gateways) expect((await fetch(`${management}/readyz`)).status).toBe(200);

    redis = await startRedis({ port });
    for (const { base } of gateways)
      await eventually(async () => {
        const { headers } = await fetch(`${base}/api/auth/login`, from("198.51.100.8"));
        return headers.get("x-rate-limit-limit") === "30";
      });
    expect((await session(asUser()))(200)).toHaveLength(50);
  });

  it("a replica starts, serves and limits", async () => {
    const gateway = await startGateway({ ...env, REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
    cleanup.defer(() => gateway.stop());
    expect((await fetch(`${gateway.management}/readyz`)).status).toBe(200);
    const answers = await storm([gateway], 100, "/api/auth/login", { method: "POST", body: "{}" });
    expect([answers(200).length, answers(429).length]).toEqual([10, 90]);
  });

  it("sign-ins can be closed", async () => {
    const gateway = await startGateway({
      ...env,
      REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
      RATE_LIMIT_AUTH_WITHOUT_REDIS: "0",
    });
    cleanup.defer(() => gateway.stop());
    const closed = await fetch(`${gateway.base}/api/auth/login`, { method: "POST", body: "{}" });
    expect(closed.status).toBe(429);
    expect(closed.headers.get("retry-after")).toBe("60");
    expect((await fetch(`${gateway.base}/api/session`, { headers: asUser() })).status).toBe(200);
  });
});
