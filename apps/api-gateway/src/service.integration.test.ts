import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import { createAuditKey, createIssuer, freePort, startMongo } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authConfig } from "../../auth-service/src/config.ts";
import { createAuthService } from "../../auth-service/src/service.ts";
import { startGateway } from "./testing/start-gateway.ts";

const logger = createLogger("test", "none");
let mongo: Awaited<ReturnType<typeof startMongo>>;
let auth: ReturnType<typeof createAuthService>;
let gateway: Awaited<ReturnType<typeof startGateway>>;
let base: string;

beforeAll(async () => {
  mongo = await startMongo();
  const { issuer, audience, privateKey } = createIssuer();
  const ports = { PORT: "0", METRICS_PORT: "0" };
  const authEnv = {
    MONGODB_URI: mongo.uri,
    // None there: signing in does without.
    REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    AUDIT_KEYS: createAuditKey(),
    SECOND_FACTOR_KEYS: Buffer.alloc(32, 1).toString("base64"),
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
    JWT_PRIVATE_KEYS: privateKey,
  };
  auth = createAuthService(readConfig(authConfig, { ...ports, ...authEnv }), logger);
  await auth.start();
  const authService = `http://127.0.0.1:${auth.ports().http}`;
  gateway = await startGateway({
    AUTH_SERVICE_URL: authService,
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
    JWKS_URL: `${authService}/.well-known/jwks.json`,
  });
  base = gateway.base;
});
afterAll(async () => {
  await gateway?.stop();
  await auth?.stop();
  await mongo?.stop();
});

const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(base + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

describe("api-gateway before a real auth-service", () => {
  it("lets a web page's refresh cookie through, both ways", async () => {
    const account = { username: "web", email: "web@example.org", password: "correct horse battery" };
    await post("/api/auth/register", account);
    const { username, password } = account;
    const login = await post("/api/auth/login", { username, password, refresh_token_in: "cookie" });
    const [cookie = ""] = login.headers.getSetCookie();
    expect(cookie).toMatch(/^__Secure-refresh_token=[\w-]+; Max-Age=604800; Path=\/api\/auth; /);
    expect(cookie).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
    const headers = { cookie: cookie.split(";")[0] ?? "", "sec-fetch-site": "same-origin" };
    const refreshed = await post("/api/auth/refresh", {}, headers);
    expect(refreshed.status).toBe(200);
    expect(refreshed.headers.getSetCookie()).toEqual([expect.stringContaining("__Secure-refresh_token=")]);
    const foreign = await post("/api/auth/refresh", {}, { ...headers, "sec-fetch-site": "cross-site" });
    expect(foreign.status).toBe(403);
  });

  it("lets one register, sign in and ask who one is; answers 502 when the service is gone", async () => {
    const password = "correct horse battery";
    const registered = await post("/api/auth/register", {
      username: "ann",
      email: "ann@example.org",
      password,
    });
    expect(registered.status).toBe(201);
    const { access_token } = (await (
      await post("/api/auth/login", { username: "ann", password })
    ).json()) as {
      access_token: string;
    };
    const me = () => fetch(`${base}/api/users/me`, { headers: { authorization: `Bearer ${access_token}` } });
    expect(await (await me()).json()).toMatchObject({ username: "ann" });
    expect((await fetch(`${base}/api/users/me`)).headers.get("www-authenticate")).toBe("Bearer");

    await auth.stop();
    const gone = await me();
    expect(gone.status).toBe(502);
    expect(gone.headers.get("content-type")).toMatch("application/problem+json");
  });
});
