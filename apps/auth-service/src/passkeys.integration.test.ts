import { PasskeyList, PasskeyOptions, TokenResponse } from "@mobile-ai-agent/contracts";
import {
  createIssuer,
  createSoftwareAuthenticator,
  describedFetch,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runAuthService } from "./testing/run-auth-service.ts";

const PASSWORD = "correct horse battery";
const APP = "android:apk-key-hash:example";
const issuer = createIssuer();
const origin = new URL(issuer.issuer).origin;
const cleanup = new AsyncDisposableStack();
let base: string;

beforeAll(async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  const service = await runAuthService({ mongo, redis, issuer, env: { PASSKEY_ORIGINS: APP } });
  cleanup.defer(() => service.stop());
  base = service.origin;
});
afterAll(() => cleanup.disposeAsync());

const call = (path: string, { body, token }: { body?: object; token?: string } = {}) =>
  describedFetch(base + path, {
    method: body ? "POST" : "GET",
    headers: {
      "content-type": "application/json",
      ...(token && { authorization: `Bearer ${token}` }),
    },
    body: body ? JSON.stringify(body) : null,
  });
const mine = (token: string, step = "", body?: object) =>
  call(`/api/users/me/passkeys${step}`, { token, ...(body && { body }) });
const optionsOf = async (response: Response) => PasskeyOptions.parse(await response.json());
const addOptions = async (token: string) => optionsOf(await mine(token, "/options", { password: PASSWORD }));
const loginOptions = async () => optionsOf(await call("/api/auth/passkey/options", { body: {} }));
const login = (credential: object, extra = {}) =>
  call("/api/auth/passkey", { body: { credential, ...extra } });

let count = 0;
async function newUser() {
  count += 1;
  const username = `passkey_${count}`;
  await call("/api/auth/register", {
    body: { username, email: `${username}@example.org`, password: PASSWORD },
  });
  const tokens = await call("/api/auth/login", { body: { username, password: PASSWORD } });
  return { username, token: TokenResponse.parse(await tokens.json()).access_token };
}

async function userWithPasskey() {
  const user = await newUser();
  const device = createSoftwareAuthenticator(origin);
  const credential = device.create(await addOptions(user.token));
  expect((await mine(user.token, "", { name: "my phone", credential })).status).toBe(201);
  return { ...user, device };
}

describe("a passkey", () => {
  it("is added by who knows the password, and signs in without name, password and code", async () => {
    const { username, token } = await newUser();
    expect((await mine(token, "/options", { password: "wrong" })).status).toBe(403);
    const options = await addOptions(token);
    expect(options).toMatchObject({
      rp: { id: "issuer.test" },
      user: { name: username },
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    const device = createSoftwareAuthenticator(origin);
    const added = await mine(token, "", { name: " my phone ", credential: device.create(options) });
    expect(added.status).toBe(201);
    expect(await added.json()).toMatchObject({ id: device.id, name: "my phone", last_used_at: null });

    const signedIn = await login(device.get(await loginOptions()));
    const { access_token, refresh_token } = TokenResponse.parse(await signedIn.json());
    expect(refresh_token).toBeDefined();
    const me = await call("/api/users/me", { token: access_token });
    expect(await me.json()).toMatchObject({ username });
    const { passkeys } = PasskeyList.parse(await (await mine(access_token)).json());
    expect(passkeys).toMatchObject([{ id: device.id, last_used_at: expect.any(String) }]);
  });

  it("signs a web page in by cookie, on the platform's own origin only", async () => {
    const { device } = await userWithPasskey();
    const response = await login(device.get(await loginOptions()), { refresh_token_in: "cookie" });
    expect(response.headers.getSetCookie()).toEqual([expect.stringContaining("__Secure-refresh_token=")]);
    expect(await response.json()).not.toHaveProperty("refresh_token");
  });

  it("is good in the app whose origin is configured", async () => {
    const { device } = await userWithPasskey();
    expect((await login(device.get(await loginOptions(), { origin: APP }))).status).toBe(200);
  });

  it.each([
    ["from another site's page", { origin: "https://issuer.test.evil.example" }],
    ["for another site", { rpId: "evil.example" }],
    ["to another challenge", { challenge: Buffer.alloc(32).toString("base64url") }],
    ["of another ceremony", { type: "webauthn.create" }],
    ["of a person who was not verified", { userVerified: false }],
    ["by another key", { otherKey: true }],
  ])("has an answer %s refused", async (_name, deviation) => {
    const { device } = await userWithPasskey();
    const response = await login(device.get(await loginOptions(), deviation));
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect((await login(device.get(await loginOptions()))).status).toBe(200);
  });

  it("answers each challenge once, however many try at the same time", async () => {
    const { device } = await userWithPasskey();
    const options = await loginOptions();
    const answers = [1, 2, 3].map(() => device.get(options));
    const statuses = (await Promise.all(answers.map((answer) => login(answer)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, 401, 401]);
    expect((await login(device.get(options))).status).toBe(401);
  });

  it("is not added with a challenge for signing in, nor another's, nor twice, nor unverified", async () => {
    const { token, device } = await userWithPasskey();
    const other = await newUser();
    const add = (credential: object) => mine(token, "", { name: "key", credential });
    const fresh = createSoftwareAuthenticator(origin);
    expect((await add(fresh.create(await loginOptions()))).status).toBe(400);
    expect((await add(fresh.create(await addOptions(other.token)))).status).toBe(400);
    expect((await add(fresh.create(await addOptions(token), { userVerified: false }))).status).toBe(400);
    expect((await add(device.create(await addOptions(token)))).status).toBe(400);
    const options = await addOptions(token);
    expect(options).toMatchObject({ excludeCredentials: [{ id: device.id }] });
    expect((await add(fresh.create(options))).status).toBe(201);
    const { passkeys } = PasskeyList.parse(await (await mine(other.token)).json());
    expect(passkeys).toEqual([]);
  });

  it("is removed by its owner alone, who knows the password", async () => {
    const { token, device } = await userWithPasskey();
    const other = await newUser();
    const remove = (by: string, password: string) => mine(by, `/${device.id}/remove`, { password });
    expect((await remove(other.token, PASSWORD)).status).toBe(404);
    expect((await remove(token, "wrong")).status).toBe(403);
    expect((await remove(token, PASSWORD)).status).toBe(204);
    expect((await remove(token, PASSWORD)).status).toBe(404);
    expect((await login(device.get(await loginOptions()))).status).toBe(401);
  });

  it("answers nonsense with 4xx", async () => {
    const { device } = await userWithPasskey();
    const good = device.get(await loginOptions());
    for (const change of [
      { id: "unknown" },
      { rawId: "other" },
      { response: { ...good.response, clientDataJSON: "e30" } },
      { response: { ...good.response, authenticatorData: "AA" } },
      { response: { ...good.response, signature: "AA" } },
    ]) {
      expect((await login({ ...good, ...change })).status).toBe(401);
    }
    for (const bad of [{}, { ...good, id: { $ne: null } }, { ...good, type: "password" }]) {
      expect((await login(bad)).status).toBe(400);
    }
  });
});
