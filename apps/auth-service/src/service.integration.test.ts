import { TokenResponse, User } from "@mobile-ai-agent/contracts";
import { createTokenVerifier } from "@mobile-ai-agent/service-kit";
import { createIssuer, describedFetch, startMongo, startRedis } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAuthService } from "./testing/run-auth-service.ts";

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
let base: string;

beforeAll(async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  const service = await runAuthService({ mongo, redis, issuer });
  cleanup.defer(() => service.stop());
  base = service.origin;
});
afterAll(() => cleanup.disposeAsync());

const post = (path: string, body: unknown) =>
  describedFetch(base + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const me = (token: string) =>
  describedFetch(`${base}/api/users/me`, { headers: { authorization: `Bearer ${token}` } });
const password = "correct horse battery";

let count = 0;
async function registered(): Promise<{ username: string; email: string }> {
  count += 1;
  const names = { username: `Ann_${count}`, email: `Ann.${count}@Example.org` };
  expect((await post("/api/auth/register", { ...names, password })).status).toBe(201);
  return names;
}
/** Tokens of a client that keeps its refresh token itself. */
const Tokens = TokenResponse.required();
async function signedIn() {
  const { username } = await registered();
  return Tokens.parse(await (await post("/api/auth/login", { username, password })).json());
}

describe("auth-service", () => {
  it("registers, signs in by username or email in any case, and says who one is", async () => {
    const names = await registered();
    for (const username of [
      names.username,
      names.email,
      names.username.toUpperCase(),
      names.email.toLowerCase(),
    ]) {
      const response = await post("/api/auth/login", { username, password });
      expect(response.status).toBe(200);
      expect(response.headers.get("cache-control")).toBe("no-store");
      const { access_token, expires_in } = TokenResponse.parse(await response.json());
      expect(expires_in).toBe(1800);
      expect(User.parse(await (await me(access_token)).json())).toMatchObject({ ...names, roles: ["user"] });
    }
  });

  it("refuses a username or an email address that is taken, in any case of letters", async () => {
    const { username, email } = await registered();
    const other = { username: "Someone", email: "someone@example.org", password };
    const taken = [{ username: username.toLowerCase() }, { email: email.toLowerCase() }];
    for (const names of taken) {
      const response = await post("/api/auth/register", { ...other, ...names });
      expect(response.status).toBe(409);
    }
    const racers = await Promise.all([1, 2, 3].map(() => post("/api/auth/register", other)));
    expect(racers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
  });

  it("answers an unknown user as it does a wrong password", async () => {
    const { username } = await registered();
    const attempt = async (name: string) => {
      const response = await post("/api/auth/login", { username: name, password: "wrong password" });
      const { request_id, ...body } = (await response.json()) as Record<string, unknown>;
      return { body, status: response.status, challenge: response.headers.get("www-authenticate") };
    };
    const known = await attempt(username);
    expect(known).toMatchObject({ status: 401, challenge: "Bearer" });
    expect(await attempt("nobody")).toEqual(known);
    expect(await attempt("nobody@example.org")).toEqual(known);
  });

  it("takes as long for an unknown user as for a wrong password", async () => {
    const { username } = await registered();
    const time = async (name: string) => {
      const begin = performance.now();
      await post("/api/auth/login", { username: name, password: "wrong password" });
      return performance.now() - begin;
    };
    const best = { known: Number.POSITIVE_INFINITY, unknown: Number.POSITIVE_INFINITY };
    for (let round = 0; round < 8; round += 1) {
      best.known = Math.min(best.known, await time(username));
      best.unknown = Math.min(best.unknown, await time("nobody"));
    }
    // Without a hash for the unknown user, it would take a tenth.
    expect(best.unknown).toBeGreaterThan(best.known * 0.5);
  });

  it("rotates refresh tokens, and revokes the family when an old one is used again", async () => {
    const first = await signedIn();
    const refresh = (refresh_token: string) => post("/api/auth/refresh", { refresh_token });
    const second = Tokens.parse(await (await refresh(first.refresh_token)).json());
    expect((await me(second.access_token)).status).toBe(200);
    const third = Tokens.parse(await (await refresh(second.refresh_token)).json());
    const reused = await refresh(first.refresh_token);
    expect([reused.status, reused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect((await refresh(third.refresh_token)).status).toBe(401);
  });

  it("signs out", async () => {
    const { refresh_token } = await signedIn();
    expect((await post("/api/auth/logout", { refresh_token })).status).toBe(204);
    expect((await post("/api/auth/refresh", { refresh_token })).status).toBe(401);
    expect((await post("/api/auth/logout", { refresh_token })).status).toBe(204);
  });

  it("signs tokens that another service verifies by the published keys", async () => {
    const jwksUrl = `${base}/.well-known/jwks.json`;
    const published = await fetch(jwksUrl);
    expect(published.headers.get("cache-control")).toBe("public, max-age=300");
    expect(await published.json()).toEqual(issuer.jwks());
    const verifier = createTokenVerifier({ issuer: issuer.issuer, audience: issuer.audience, jwksUrl });
    const { access_token } = await signedIn();
    expect(await verifier.verify(access_token)).toMatchObject({ iss: issuer.issuer, roles: ["user"] });
    const [header] = access_token.split(".");
    expect(JSON.parse(Buffer.from(header ?? "", "base64url").toString())).toEqual({
      alg: "ES256",
      typ: "at+jwt",
      kid: issuer.kid,
    });
  });

  it("refuses forged tokens, and one whose user is gone", async () => {
    expect((await me(createIssuer().token())).status).toBe(401);
    expect((await me(issuer.token({ header: { typ: "JWT" } }))).status).toBe(401);
    expect((await me(issuer.token())).status).toBe(401);
  });

  it("says what is wrong with a registration", async () => {
    const response = await post("/api/auth/register", { username: "a", email: "b", password: "c" });
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(errors.map(({ path }) => path)).toEqual(["username", "email", "password"]);
    const query = await post("/api/auth/login", { username: { $ne: null }, password: { $ne: null } });
    expect(query.status).toBe(400);
  });
});
