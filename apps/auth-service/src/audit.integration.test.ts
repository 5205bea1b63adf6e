import { runAuditCommand } from "@mobile-ai-agent/audit-log";
import { TokenResponse, TotpEnrolment } from "@mobile-ai-agent/contracts";
import { connectMongo, createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import {
  createAuditKey,
  createIssuer,
  createSoftwareAuthenticator,
  describedFetch,
  eventually,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { generate } from "otplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { changeRole } from "./change-role.ts";
import { authConfig } from "./config.ts";
import { runAuthService } from "./testing/run-auth-service.ts";

const PASSWORD = "correct horse battery";
const NEXT = "my dog eats blue socks";
const issuer = createIssuer();
const cleanup = new AsyncDisposableStack();
const env: Record<string, string> = {};
let base: string;
let database: Awaited<ReturnType<typeof connectMongo>>;

beforeAll(async () => {
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  Object.assign(env, {
    ...{ MONGODB_URI: mongo.uri, REDIS_URL: redis.url, AUDIT_KEYS: createAuditKey() },
    ...{ JWT_ISSUER: issuer.issuer, JWT_AUDIENCE: issuer.audience, JWT_PRIVATE_KEYS: issuer.privateKey },
    ...{ SECOND_FACTOR_KEYS: Buffer.alloc(32, 1).toString("base64"), REFRESH_RETRY_WINDOW: "1" },
  });
  const service = await runAuthService({ mongo, redis, issuer, env });
  cleanup.defer(() => service.stop());
  base = service.origin;
  database = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
  cleanup.defer(() => database.close());
});
afterAll(() => cleanup.disposeAsync());

const call = (path: string, { body, token }: { body?: object; token?: string } = {}) =>
  describedFetch(base + path, {
    method: body ? "POST" : "GET",
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    body: body ? JSON.stringify(body) : null,
  });
const login = async (username: string, password: string, more = {}) =>
  TokenResponse.safeParse(
    await (await call("/api/auth/login", { body: { username, password, ...more } })).json(),
  ).data;
const register = async (username: string) => {
  const body = { username, email: `${username}@example.org`, password: PASSWORD };
  return ((await (await call("/api/auth/register", { body })).json()) as { id: string }).id;
};
const audit = () => readConfig(authConfig, env).AUDIT_KEYS;

async function recorded(subject?: string) {
  const filter = subject === undefined ? {} : { "subject.id": subject };
  const found = await database.db
    .collection("audit_entries")
    .find(filter)
    .sort({ time: 1, _id: 1 })
    .toArray();
  return found.map(({ actor, action, outcome, details }) => ({ actor, action, outcome, details }));
}
const actionsAbout = async (subject: string) =>
  (await recorded(subject)).map(({ action, outcome }) => `${action} ${outcome}`);

it("what people do to their accounts is on record, without secrets, names or addresses", async () => {
  const id = await register("alice");
  await login("alice", "not her password");
  const first = await login("alice", PASSWORD);
  const token = first?.access_token ?? "";
  const enrolled = await call("/api/users/me/totp", { token, body: { password: PASSWORD } });
  const { secret } = TotpEnrolment.parse(await enrolled.json());
  const now = Math.floor(Date.now() / 1000);
  const codes = await Promise.all([-30, 0].map((s) => generate({ secret, epoch: now + s })));
  await call("/api/users/me/totp/confirm", { token, body: { code: codes[0] ?? "" } });
  await login("alice", PASSWORD);
  await login("alice", PASSWORD, { code: codes[0] });
  await call("/api/users/me/totp/remove", { token, body: { password: PASSWORD, code: codes[0] } });
  const body = { password: PASSWORD, code: codes[1] };
  await call("/api/users/me/totp/remove", { token, body });
  const device = createSoftwareAuthenticator(new URL(issuer.issuer).origin);
  const options = await call("/api/users/me/passkeys/options", { token, body: { password: PASSWORD } });
  const credential = device.create((await options.json()) as never);
  const added = await call("/api/users/me/passkeys", { token, body: { name: "my phone", credential } });
  const passkey = ((await added.json()) as { id: string }).id;
  const challenge = await (await call("/api/auth/passkey/options", { body: {} })).json();
  await call("/api/auth/passkey", { body: { credential: device.get(challenge as never) } });
  await call(`/api/users/me/passkeys/${passkey}/remove`, { token, body: { password: PASSWORD } });
  await call("/api/users/me/password", { token, body: { old_password: PASSWORD, new_password: NEXT } });
  await call("/api/auth/logout-all", { token, body: {} });
  await eventually(async () => (await actionsAbout(id)).length >= 14);
  expect(await actionsAbout(id)).toEqual([
    "user.registered success",
    "sign-in.failed failure",
    "sign-in.succeeded success",
    "second-factor.enrolled success",
    "second-factor.confirmed success",
    "sign-in.failed failure",
    "sign-in.failed failure",
    "reauthentication.failed failure",
    "second-factor.removed success",
    "passkey.added success",
    "sign-in.succeeded success",
    "passkey.removed success",
    "password.changed success",
    "sign-ins.ended success",
  ]);
  const reasons = (await recorded(id)).flatMap(({ details }) => details.reason ?? []);
  expect(reasons).toEqual(["credentials", "code-needed", "code", "code"]);
  const whole = JSON.stringify(await recorded());
  const secrets = [PASSWORD, NEXT, "not her password", "alice", secret, token, first?.refresh_token ?? ""];
  for (const hidden of [...secrets, "my phone", "127.0.0.1", "::1"]) expect(whole).not.toContain(hidden);
});

it("who can't show their password once more is on record, and who signs out, with the sign-in", async () => {
  const id = await register("erin");
  const { access_token: token = "", refresh_token } = (await login("erin", PASSWORD)) ?? {};
  const wrong = { password: "not the right one" };
  expect((await call("/api/users/me/totp", { token, body: wrong })).status).toBe(403);
  for (const _ of [1, 2]) await call("/api/auth/logout", { body: { refresh_token } });
  await login("erin", PASSWORD);
  await eventually(async () => (await actionsAbout(id)).length >= 5);
  expect(await actionsAbout(id)).toEqual([
    "user.registered success",
    "sign-in.succeeded success",
    "reauthentication.failed failure",
    "sign-in.ended success",
    "sign-in.succeeded success",
  ]);
  const [, began, failed, ended] = await recorded(id);
  const { sign_in } = began?.details ?? {};
  const network = expect.stringMatching(/^[0-9a-f]{16}$/);
  expect(failed?.details).toEqual({ reason: "credentials", sign_in, network });
  expect([failed?.actor, ended?.actor]).toEqual(Array(2).fill({ kind: "user", id }));
  expect(ended?.details).toEqual({ sign_in });
});

it("what somebody entered who is nobody is not kept: it may be a password", async () => {
  await login("my own password!", PASSWORD);
  const unknown = async () =>
    (await recorded()).filter(({ action, details }) => action === "sign-in.failed" && details.network);
  await eventually(async () => (await unknown()).length > 0);
  expect(JSON.stringify(await recorded())).not.toContain("my own password!");
});

it("a refresh token that is used again is on record, with the sign-in that it ended", async () => {
  const id = await register("bob");
  const { refresh_token = "" } = (await login("bob", PASSWORD)) ?? {};
  const refresh = (token: string) => call("/api/auth/refresh", { body: { refresh_token: token } });
  const next = TokenResponse.parse(await (await refresh(refresh_token)).json()).refresh_token ?? "";
  await refresh(next);
  expect((await refresh(refresh_token)).status).toBe(401);
  await eventually(async () => (await actionsAbout(id)).includes("refresh-token.reused denied"));
  const [signIn, reuse] = (await recorded(id)).slice(1);
  expect(reuse?.details.sign_in).toBe(signIn?.details.sign_in);
});

it("roles are on record before they are changed, and who reads of users afterwards", async () => {
  const id = await register("carol");
  const logger = createLogger("test", "none");
  expect(await changeRole(readConfig(authConfig, env), logger, { action: "grant", username: "carol" })).toBe(
    true,
  );
  expect((await actionsAbout(id)).slice(-2)).toEqual(["role.granted attempted", "role.granted success"]);
  const token = (await login("carol", PASSWORD))?.access_token ?? "";
  expect((await call("/api/admin/users?username=car", { token })).status).toBe(200);
  const reads = async () => (await recorded()).filter(({ action }) => action === "users.read");
  await eventually(async () => (await reads()).length === 1);
  expect((await reads())[0]).toMatchObject({
    actor: { kind: "user", id },
    details: { count: 1, filtered: true },
  });
  expect(await changeRole(readConfig(authConfig, env), logger, { action: "revoke", username: "carol" })).toBe(
    true,
  );
  expect((await actionsAbout(id)).at(-1)).toBe("role.revoked success");
});

it("a role is not changed when that can't be put on record", async () => {
  const id = await register("dave");
  await eventually(async () => (await actionsAbout(id)).length === 1);
  const wrong = { ...readConfig(authConfig, env) };
  Object.assign(wrong, { AUDIT_KEYS: { ...wrong.AUDIT_KEYS, sign: () => Promise.reject(new Error("no")) } });
  const change = changeRole(wrong, createLogger("test", "none"), { action: "grant", username: "dave" });
  await expect(change).rejects.toThrow(/nothing was done/);
  const user = await database.db.collection<{ _id: string; roles: string[] }>("users").findOne({ _id: id });
  expect(user?.roles).toEqual(["user"]);
  expect(await actionsAbout(id)).toEqual(["user.registered success"]);
});

it("is verified and exported by the command, which finds a planted change", async () => {
  const run = async (...args: string[]) => {
    let text = "";
    const write = (chunk: string) => {
      text += chunk;
      return true;
    };
    const out = { write } as unknown as NodeJS.WritableStream;
    const code = await runAuditCommand(args, { db: database.db, keys: audit() }, { out, progress: out });
    return { code, text };
  };
  expect(await run("verify")).toMatchObject({ code: 0, text: expect.stringContaining("nothing is wrong") });
  const anchor = /--anchor (\S+)/.exec((await run("verify")).text)?.[1] ?? "";
  expect((await run("verify", "--anchor", anchor)).code).toBe(0);
  expect((await run("verify", "--anchor", `1:${"0".repeat(64)}`)).text).toMatch(/WRONG: this checkpoint/);
  const { text } = await run("export", "--action", "role.granted");
  expect(text.trim().split("\n")).toHaveLength(1 + 2 + 1);
  const entries = database.db.collection("audit_entries");
  const granted = await entries.findOne({ action: "role.granted", outcome: "success" });
  const { _id, chain, sequence } = granted ?? ({} as Record<string, unknown>);
  await entries.updateOne({ _id } as never, { $set: { "actor.kind": "user" } });
  const found = await run("verify");
  expect(found.code).toBe(1);
  expect(found.text).toContain(`WRONG: chain ${chain}, entry ${sequence}: was changed`);
  await expect(run("erase")).rejects.toThrow(/no audit command/);
});
