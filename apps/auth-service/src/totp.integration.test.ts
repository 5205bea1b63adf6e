import { RecoveryCodes, TokenResponse, TotpEnrolment } from "@mobile-ai-agent/contracts";
import { connectMongo } from "@mobile-ai-agent/service-kit";
import { createIssuer, describedFetch, startMongo, startRedis } from "@mobile-ai-agent/test-support";
import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAuthService } from "./testing/run-auth-service.ts";

const PASSWORD = "correct horse battery";
const PERIOD_S = 30;

const cleanup = new AsyncDisposableStack();
let base: string;
let database: Awaited<ReturnType<typeof connectMongo>>;

beforeAll(async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  const service = await runAuthService({
    ...{ mongo, redis, issuer: createIssuer() },
    env: { TRUSTED_PROXY_COUNT: "1" },
  });
  cleanup.defer(() => service.stop());
  base = service.origin;
  database = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
  cleanup.defer(() => database.close());
});
afterAll(() => cleanup.disposeAsync());

let network = 0;
const call = (path: string, { body, token }: { body?: object; token?: string } = {}) => {
  // Each from another network: pauses are not what is tried here.
  network += 1;
  return describedFetch(base + path, {
    method: body ? "POST" : "GET",
    headers: {
      "content-type": "application/json",
      "x-forwarded-for": `192.0.2.${network}`,
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: body ? JSON.stringify(body) : null,
  });
};
const login = (username: string, code?: string, password = PASSWORD) =>
  call("/api/auth/login", { body: { username, password, ...(code !== undefined && { code }) } });
const totp = (token: string, step = "", body?: object) =>
  call(`/api/users/me/totp${step}`, { token, ...(body && { body }) });
/** The code of a period before or after this one. */
const codeOf = (secret: string, periods = 0) =>
  generate({ secret, epoch: Math.floor(Date.now() / 1000) + periods * PERIOD_S });

async function problemOf(response: Response) {
  const { errors } = (await response.json()) as { errors?: { path: string; message: string }[] };
  return { status: response.status, errors };
}
const codeFault = (status: number, message: RegExp) => ({
  status,
  errors: [{ path: "code", message: expect.stringMatching(message) }],
});

let count = 0;
async function newUser() {
  count += 1;
  const username = `totp_${count}`;
  await call("/api/auth/register", {
    body: { username, email: `${username}@example.org`, password: PASSWORD },
  });
  const { access_token: token } = TokenResponse.parse(await (await login(username)).json());
  return { username, token };
}

/** A user whose authenticator is in force; the code of the period before this one was used for it. */
async function protectedUser() {
  const user = await newUser();
  const { secret } = TotpEnrolment.parse(await (await totp(user.token, "", { password: PASSWORD })).json());
  const confirmed = await totp(user.token, "/confirm", { code: await codeOf(secret, -1) });
  const { recovery_codes } = RecoveryCodes.parse(await confirmed.json());
  return { ...user, secret, recovery_codes };
}

describe("an authenticator", () => {
  it("is enrolled by who knows the password, and in force only once it has shown a code", async () => {
    const { username, token } = await newUser();
    expect((await totp(token, "", { password: "wrong" })).status).toBe(403);
    const { secret, uri } = TotpEnrolment.parse(await (await totp(token, "", { password: PASSWORD })).json());
    expect(new URL(uri).searchParams.get("secret")).toBe(secret);
    expect(uri).toMatch(/^otpauth:\/\/totp\/Mobile%20AI%20Agent:totp_\d+\?/);
    expect((await totp(token, "/confirm", { code: "abcdef" })).status).toBe(400);
    expect(await (await totp(token)).json()).toEqual({ enabled: false });
    expect((await login(username)).status).toBe(200);
    const confirmed = await totp(token, "/confirm", { code: await codeOf(secret) });
    expect(confirmed.headers.get("cache-control")).toBe("no-store");
    const { recovery_codes } = RecoveryCodes.parse(await confirmed.json());
    expect(new Set(recovery_codes).size).toBe(10);
    expect(await (await totp(token)).json()).toEqual({ enabled: true });
    expect((await totp(token, "", { password: PASSWORD })).status).toBe(409);
    expect((await totp(token, "/confirm", { code: await codeOf(secret, 1) })).status).toBe(400);
  });

  it("makes login ask for a code, once the password is right, and take each code once", async () => {
    const { username, secret } = await protectedUser();
    expect(await problemOf(await login(username))).toEqual(codeFault(401, /is needed/));
    expect((await problemOf(await login(username, undefined, "wrong"))).errors).toBeUndefined();
    const code = await codeOf(secret);
    expect((await problemOf(await login(username, code, "wrong"))).errors).toBeUndefined();
    const racers = await Promise.all([1, 2, 3, 4].map(() => login(username, code)));
    expect(racers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    expect(await problemOf(await login(username, code))).toEqual(codeFault(401, /used already/));
    expect((await login(username, (await codeOf(secret, 1)).replace(/(...)/, "$1 "))).status).toBe(200);
  });

  it("has codes of another time and another's codes refused", async () => {
    const { username, secret } = await protectedUser();
    const other = await protectedUser();
    for (const code of [await codeOf(secret, -3), await codeOf(secret, 3), await codeOf(other.secret)]) {
      expect((await login(username, code)).status).toBe(401);
    }
  });

  it("can be lost: each recovery code lets in once, and nobody else", async () => {
    const { username, recovery_codes } = await protectedUser();
    const other = await protectedUser();
    const [first = "", second = ""] = recovery_codes;
    expect(first).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
    expect((await login(other.username, first)).status).toBe(401);
    const racers = await Promise.all([1, 2, 3].map(() => login(username, first)));
    expect(racers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    expect((await login(username, first)).status).toBe(401);
    expect((await login(username, second.toLowerCase().replaceAll("-", " "))).status).toBe(200);
  });

  it("is removed by password and code, and can be enrolled anew", async () => {
    const { username, token, recovery_codes } = await protectedUser();
    const remove = (password: string, code: string) => totp(token, "/remove", { password, code });
    const [good = "", other = ""] = recovery_codes;
    expect((await remove("wrong", good)).status).toBe(403);
    expect(await problemOf(await remove(PASSWORD, "123456"))).toEqual(codeFault(400, /is wrong/));
    expect((await remove(PASSWORD, good)).status).toBe(204);
    expect((await login(username)).status).toBe(200);
    expect((await totp(token, "", { password: PASSWORD })).status).toBe(200);
    expect((await totp(token, "/confirm", { code: other })).status).toBe(400);
  });

  it("leaves nothing in the database that could be used there", async () => {
    const { secret, recovery_codes } = await protectedUser();
    const stored = JSON.stringify(await database.db.collection("second_factors").find().toArray());
    expect(stored).not.toContain(secret);
    for (const code of recovery_codes) expect(stored).not.toContain(code.replaceAll("-", ""));
  });

  it("is slowed down like passwords, but not by being asked for a code", async () => {
    const { username } = await protectedUser();
    const from = (code?: string) =>
      describedFetch(`${base}/api/auth/login`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-forwarded-for": "203.0.113.77" },
        body: JSON.stringify({ username, password: PASSWORD, ...(code && { code }) }),
      });
    for (let n = 0; n < 8; n += 1) expect((await from()).status).toBe(401);
    const guesses: number[] = [];
    for (let n = 0; n < 7; n += 1) guesses.push((await from(`00000${n}`)).status);
    expect(guesses.slice(0, 5)).toEqual([401, 401, 401, 401, 401]);
    expect(guesses).toContain(429);
  });
});
