import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import { createIssuer, startMongo } from "@mobile-ai-agent/test-support";
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
    JWT_ISSUER: issuer,
    JWT_AUDIENCE: audience,
    JWT_PRIVATE_KEY: privateKey,
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

const post = (path: string, body: object) =>
  fetch(base + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

describe("api-gateway before a real auth-service", () => {
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
