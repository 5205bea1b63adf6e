import { TokenResponse } from "@mobile-ai-agent/contracts";
import { createIssuer, describedFetch, startMongo, startRedis } from "@mobile-ai-agent/test-support";
import { parseSetCookie } from "cookie";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAuthService } from "./testing/run-auth-service.ts";

const NAME = "__Secure-refresh_token";
const account = { username: "web", email: "web@example.org", password: "correct horse battery" };

const cleanup = new AsyncDisposableStack();
let base: string;

beforeAll(async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  const service = await runAuthService({ mongo, redis, issuer: createIssuer() });
  cleanup.defer(() => service.stop());
  base = service.origin;
  await post("register", account);
});
afterAll(() => cleanup.disposeAsync());

const post = (operation: string, body: object = {}, headers: Record<string, string> = {}) =>
  describedFetch(`${base}/api/auth/${operation}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });

const { username, password } = account;
const login = (headers?: Record<string, string>) =>
  post("login", { username, password, refresh_token_in: "cookie" }, headers);

/** The cookie of an answer, and the header with which a browser sends it. */
function cookieOf(response: Response) {
  const cookies = response.headers.getSetCookie();
  expect(cookies).toHaveLength(1);
  const cookie = parseSetCookie(cookies[0] ?? "");
  return { ...cookie, header: { cookie: `theme=dark; ${cookie.name}=${cookie.value}` } };
}

describe("a web page's refresh token", () => {
  it("is a cookie that scripts can't read, for a week, and not in the body", async () => {
    const response = await login();
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(TokenResponse.parse(await response.json())).not.toHaveProperty("refresh_token");
    expect(cookieOf(response)).toMatchObject({
      name: NAME,
      value: expect.stringMatching(/^[\w-]{43}$/),
      maxAge: 604_800,
      path: "/api/auth",
      httpOnly: true,
      secure: true,
      sameSite: "strict",
    });
  });

  it("is rotated in the cookie; used twice, its sign-in ends and the cookie is cleared", async () => {
    const first = cookieOf(await login());
    const answer = await post("refresh", {}, { ...first.header, "sec-fetch-site": "same-origin" });
    expect(answer.status).toBe(200);
    expect(await answer.json()).not.toHaveProperty("refresh_token");
    const second = cookieOf(answer);
    expect(second.value).not.toBe(first.value);
    const third = cookieOf(await post("refresh", {}, second.header));
    const reused = await post("refresh", {}, first.header);
    expect(reused.status).toBe(401);
    expect(cookieOf(reused)).toMatchObject({ name: NAME, value: "", path: "/api/auth", secure: true });
    expect((await post("refresh", {}, third.header)).status).toBe(401);
  });

  it("ends with logout, which clears the cookie", async () => {
    const { header } = cookieOf(await login());
    const response = await post("logout", {}, header);
    expect([response.status, response.headers.get("cache-control")]).toEqual([204, "no-store"]);
    expect(cookieOf(response)).toMatchObject({ name: NAME, value: "", path: "/api/auth" });
    expect((await post("refresh", {}, header)).status).toBe(401);
  });

  it("is not taken when a page of another origin may have sent it", async () => {
    const { header } = cookieOf(await login());
    for (const site of ["cross-site", "same-site", "none"]) {
      for (const operation of ["refresh", "logout"]) {
        expect((await post(operation, {}, { ...header, "sec-fetch-site": site })).status).toBe(403);
      }
      expect((await login({ "sec-fetch-site": site })).status).toBe(403);
    }
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
      expect((await post("refresh", {}, { ...header, "content-type": type })).status).toBe(415);
    }
    expect((await post("refresh", {}, header)).status).toBe(200);
  });

  it("gives way to a token in the body, whose successor is in the body too", async () => {
    const { header } = cookieOf(await login());
    const answer = await post("login", { username, password });
    const { refresh_token } = TokenResponse.parse(await answer.json());
    expect(answer.headers.getSetCookie()).toEqual([]);
    const next = await post("refresh", { refresh_token }, { ...header, "sec-fetch-site": "cross-site" });
    expect(next.headers.getSetCookie()).toEqual([]);
    expect(await next.json()).toHaveProperty("refresh_token");
    expect((await post("refresh", {}, header)).status).toBe(200);
  });

  it.each(["refresh", "logout"])("%s without either is a 401", async (operation) => {
    for (const cookie of ["", "theme=dark", `${NAME}=`]) {
      const response = await post(operation, {}, { cookie });
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    }
  });
});
