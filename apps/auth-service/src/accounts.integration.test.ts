import { TokenResponse, UserList } from "@mobile-ai-agent/contracts";
import { createLogger, openRedis, readConfig } from "@mobile-ai-agent/service-kit";
import {
  createAuditKey,
  createIssuer,
  describedFetch,
  eventually,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changeRole } from "./change-role.ts";
import { authConfig } from "./config.ts";
import { runAuthService } from "./testing/run-auth-service.ts";

const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
const env: Record<string, string> = {};
let base: string;
let flush: () => Promise<unknown>;
let counters: () => Promise<string[]>;

beforeAll(async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  const service = await runAuthService({ mongo, redis, issuer, env: { TRUSTED_PROXY_COUNT: "1" } });
  cleanup.defer(() => service.stop());
  base = service.origin;
  const { client, close } = openRedis({ REDIS_URL: redis.url });
  cleanup.defer(close);
  await eventually(() => client.isReady);
  flush = () => client.flushAll();
  counters = () => client.keys("login:account:*");
  Object.assign(env, {
    MONGODB_URI: mongo.uri,
    REDIS_URL: redis.url,
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWT_PRIVATE_KEYS: issuer.privateKey,
    AUDIT_KEYS: createAuditKey(),
    SECOND_FACTOR_KEYS: Buffer.alloc(32, 1).toString("base64"),
  });
});
afterAll(() => cleanup.disposeAsync());
beforeEach(() => flush());

const PASSWORD = "correct horse battery";
const call = (path: string, init: { body?: object; token?: string; from?: string } = {}) =>
  describedFetch(base + path, {
    method: init.body ? "POST" : "GET",
    headers: {
      "content-type": "application/json",
      "x-forwarded-for": init.from ?? "192.0.2.1",
      ...(init.token && { authorization: `Bearer ${init.token}` }),
    },
    body: init.body ? JSON.stringify(init.body) : null,
  });

let count = 0;
async function registered(prefix = "user"): Promise<string> {
  count += 1;
  const username = `${prefix}_${count}`;
  const body = { username, email: `${username}@example.org`, password: PASSWORD };
  expect((await call("/api/auth/register", { body })).status).toBe(201);
  return username;
}
const login = (username: string, password = PASSWORD, from?: string) =>
  call("/api/auth/login", { body: { username, password }, ...(from && { from }) });
const signIn = async (username: string) =>
  TokenResponse.required().parse(await (await login(username)).json());
const change = (token: string, old_password: string, new_password: string) =>
  call("/api/users/me/password", { token, body: { old_password, new_password } });
const errorsOf = async (response: Response) =>
  ((await response.json()) as { errors?: { path: string }[] }).errors?.map(({ path }) => path);

describe("passwords", () => {
  it("have to be long and hard to guess at registration", async () => {
    const register = (password: string) =>
      call("/api/auth/register", { body: { username: "weak", email: "weak@example.org", password } });
    for (const password of ["Tr0ub4dor&3", "password12345678", "weak@example.org"]) {
      const response = await register(password);
      expect([response.status, await errorsOf(response)]).toEqual([400, ["password"]]);
    }
  });

  it("are changed by who knows the old one, which ends the other sign-ins and not this one", async () => {
    const username = await registered();
    const [here, elsewhere] = [await signIn(username), await signIn(username)];
    const next = "my dog eats blue socks";
    expect((await change(here.access_token, "wrong", next)).status).toBe(403);
    for (const bad of [PASSWORD, "passwordpassword", "short"]) {
      const response = await change(here.access_token, PASSWORD, bad);
      expect([response.status, await errorsOf(response)]).toEqual([400, ["new_password"]]);
    }
    expect((await change(here.access_token, PASSWORD, next)).status).toBe(204);
    expect((await call("/api/users/me", { token: elsewhere.access_token })).status).toBe(401);
    const { refresh_token } = elsewhere;
    expect((await call("/api/auth/refresh", { body: { refresh_token } })).status).toBe(401);
    expect((await call("/api/users/me", { token: here.access_token })).status).toBe(200);
    expect((await login(username)).status).toBe(401);
    expect((await login(username, next)).status).toBe(200);
  });

  it("can't be changed without a valid token", async () => {
    expect((await change(issuer.token(), PASSWORD, "my dog eats blue socks")).status).toBe(401);
  });
});

describe("guessing", () => {
  const statuses = async (attempts: () => Promise<Response>, times: number) => {
    const found: number[] = [];
    for (let n = 0; n < times; n += 1) found.push((await attempts()).status);
    return found;
  };

  it("is slowed down, for a name that nobody has as well, and says for how long", async () => {
    for (const username of [await registered(), "nobody_at_all"]) {
      const wrong = () => login(username, "wrong password", "192.0.2.7");
      expect(await statuses(wrong, 6)).toEqual([401, 401, 401, 401, 401, 429]);
      const refused = await login(username, PASSWORD, "192.0.2.7");
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    }
  });

  it("learns of no pause whose an address is, nor that it is anybody's", async () => {
    const username = await registered();
    const wrong = (name: string) => () => login(name, "wrong password", "192.0.2.8");
    expect(await statuses(wrong(username), 6)).toEqual([401, 401, 401, 401, 401, 429]);
    for (const address of [`${username}@example.org`, "nobody@example.org"]) {
      expect(await statuses(wrong(address.toUpperCase()), 2)).toEqual([401, 401]);
      expect(await statuses(wrong(address), 4)).toEqual([401, 401, 401, 429]);
    }
  });

  it("does not slow down who is signed in", async () => {
    const username = await registered();
    const { access_token: token } = await signIn(username);
    const { id } = (await (await call("/api/users/me", { token })).json()) as { id: string };
    for (const name of [username, id]) await statuses(() => login(name, "wrong password"), 6);
    expect((await change(token, PASSWORD, "my dog eats blue socks")).status).toBe(204);
  });

  it("is forgotten with the account", async () => {
    const username = await registered();
    const { access_token: token } = await signIn(username);
    for (const name of [username, `${username}@example.org`]) {
      expect((await login(name, "wrong password", "203.0.113.60")).status).toBe(401);
    }
    for (const _ of [1, 2]) expect((await change(token, "wrong", PASSWORD)).status).toBe(403);
    expect(await counters()).toHaveLength(3);
    const erasure = await call("/api/users/me/erasure", { token, body: { password: PASSWORD } });
    expect([erasure.status, await counters()]).toEqual([201, []]);
  });

  it("gets no faster by many attempts at once", async () => {
    const username = await registered();
    const all = await Promise.all(Array.from({ length: 20 }, () => login(username, "wrong password")));
    expect(all.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it("pauses twice as long each time, and is forgotten after a good login", async () => {
    const username = await registered();
    await statuses(() => login(username, "wrong password"), 5);
    const next = async () => (await login(username, "wrong password")).status === 401;
    await eventually(next, { timeoutMs: 3000, intervalMs: 100 });
    const refused = await login(username, "wrong password");
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
    await eventually(async () => (await login(username)).status === 200, {
      timeoutMs: 4000,
      intervalMs: 100,
    });
    expect(await statuses(() => login(username, "wrong password"), 5)).toEqual([401, 401, 401, 401, 401]);
  });

  it("does not lock the owner out: neither other networks nor the whole world count at theirs", async () => {
    const username = await registered();
    const home = "203.0.113.5";
    expect((await login(username, PASSWORD, home)).status).toBe(200);
    const attackers = Array.from({ length: 110 }, (_, n) => `198.51.100.${n}`);
    const found = await Promise.all(attackers.map((from) => login(username, "wrong password", from)));
    expect(found.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    expect((await login(username, PASSWORD, home)).status).toBe(200);
    await login(username, "wrong password", "198.51.100.200");
    const elsewhere = await login(username, PASSWORD, "203.0.113.99");
    expect(elsewhere.status).toBe(429);
    expect(Number(elsewhere.headers.get("retry-after"))).toBeLessThanOrEqual(30);
  });

  it("counts an IPv6 customer's addresses as one, and believes no more proxies than there are", async () => {
    const username = await registered();
    let n = 0;
    const wrong = () => {
      n += 1;
      return login(username, "wrong password", `192.0.2.${n}, 2001:db8:1:2::${n}`);
    };
    expect(await statuses(wrong, 6)).toEqual([401, 401, 401, 401, 401, 429]);
  });
});

describe("GET /api/admin/users", () => {
  const list = async (token: string, query = "") =>
    UserList.parse(await (await call(`/api/admin/users${query}`, { token })).json());
  const role = (action: "grant" | "revoke", username: string) =>
    changeRole(readConfig(authConfig, env), createLogger("test", "none"), { action, username });

  it("is for administrators only, from the moment that they are and no longer", async () => {
    const username = await registered();
    const { access_token: token } = await signIn(username);
    expect((await call("/api/admin/users")).status).toBe(401);
    expect((await call("/api/admin/users", { token })).status).toBe(403);
    expect(await role("grant", username.toUpperCase())).toBe(true);
    expect((await call("/api/admin/users", { token })).status).toBe(200);
    expect(await role("revoke", username)).toBe(true);
    expect((await call("/api/admin/users", { token })).status).toBe(401);
    const { access_token } = await signIn(username);
    expect((await call("/api/admin/users", { token: access_token })).status).toBe(403);
    expect(await role("grant", "nobody_at_all")).toBe(false);
  });

  it("does not believe a token's role where the database has none", async () => {
    const username = await registered();
    const { access_token } = await signIn(username);
    const [, payload = ""] = access_token.split(".");
    const { sub, sid } = JSON.parse(Buffer.from(payload, "base64url").toString());
    const token = issuer.token({ claims: { sub, sid, roles: ["admin"] } });
    expect((await call("/api/admin/users", { token })).status).toBe(403);
  });

  it("gives every user once, page by page, by the beginning of the name, and nothing of their passwords", async () => {
    const names: string[] = [];
    for (const prefix of ["Page", "page", "pager", "Other"]) names.push(await registered(prefix));
    await role("grant", names[3] ?? "");
    const { access_token: token } = await signIn(names[3] ?? "");
    const seen: string[] = [];
    for (let after: string | null = ""; after !== null; ) {
      const query: string = after && `&after=${after}`;
      const page: UserList = await list(token, `?username=pAge&limit=2${query}`);
      expect(JSON.stringify(page)).not.toMatch(/argon2|hash/);
      seen.push(...page.users.map(({ username }) => username));
      after = page.next_after;
    }
    expect(seen.sort()).toEqual(names.slice(0, 3).sort());
    const everyone = (await list(token, "?limit=200")).users.map(({ username }) => username);
    expect(everyone).toEqual(expect.arrayContaining(names));
    for (const query of ["?limit=0", "?limit=201", "?username=.*", "?username[$ne]=a", "?after=.*"]) {
      expect((await call(`/api/admin/users${query}`, { token })).status).toBe(400);
    }
  });
});
