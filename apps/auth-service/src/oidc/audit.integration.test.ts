import { createHash, randomBytes } from "node:crypto";
import {
  IdentityList,
  LinkIdentityResponse,
  RecoveryCodes,
  TokenResponse,
  TotpEnrolment,
} from "@mobile-ai-agent/contracts";
import { connectMongo } from "@mobile-ai-agent/service-kit";
import { eventually } from "@mobile-ai-agent/test-support";
import { generate } from "otplib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { PLATFORM, runWithProviders } from "../testing/run-with-providers.ts";

const PASSWORD = "correct horse battery";
let platform: Awaited<ReturnType<typeof runWithProviders>>;
let database: Awaited<ReturnType<typeof connectMongo>>;

beforeAll(async () => {
  platform = await runWithProviders();
  database = await connectMongo({ MONGODB_URI: platform.mongo.uri }, "test");
});
afterAll(async () => {
  await database?.close();
  await platform?.stop();
});

const entries = (filter: object) =>
  database.db.collection("audit_entries").find(filter).sort({ time: 1, _id: 1 }).toArray();

/** Entries about somebody, once there are so many. */
async function recorded(id: string, count: number) {
  const found = await eventually(async () => {
    const all = await entries({ "subject.id": id });
    return all.length >= count && all;
  });
  return found.map(({ action, outcome, details }) => ({ what: `${action} ${outcome}`, details }));
}
const what = (found: { what: string }[]) => found.map((one) => one.what);

const FIRST = ["user.registered success", "identity.linked success", "sign-in.succeeded success"];

async function newAccount() {
  const person = platform.newPerson();
  const { browser } = await platform.signIn(person);
  const token = await platform.tokenOf(browser);
  return { person, token, id: (await platform.me(token)).id };
}

async function codeForApp(person: ReturnType<typeof platform.newPerson>) {
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");
  const query = `?client=app&code_challenge=${challenge}`;
  const { browser, callback } = await platform.untilCallback(person, { query });
  const { location } = await browser.visit(callback);
  return { code: new URL(location ?? "").searchParams.get("code") ?? "", code_verifier: verifier };
}
const exchange = async (body: object) => (await platform.post("/api/auth/oidc/token", body)).status;

it("a first sign-in on the web is on record with the account that it made, a later one by itself", async () => {
  const { person, id } = await newAccount();
  const first = await recorded(id, 3);
  expect(what(first)).toEqual(FIRST);
  expect(first[1]?.details).toEqual({
    ...{ provider: "alpha", identity: expect.stringMatching(/^[0-9a-f]{16}$/) },
  });
  expect(first[2]?.details).toEqual({ method: "oidc", sign_in: expect.any(String) });
  await platform.signIn(person);
  expect(what(await recorded(id, 4)).slice(3)).toEqual(["sign-in.succeeded success"]);
});

it("a sign-in in the app is on record, and so is what was wrong on the way", async () => {
  const { person, token, id } = await newAccount();
  await platform.post("/api/users/me/password", { new_password: PASSWORD }, { token });
  const enrolled = await platform.post("/api/users/me/totp", { password: PASSWORD }, { token });
  const { secret } = TotpEnrolment.parse(await enrolled.json());
  const confirm = { code: await generate({ secret }) };
  const confirmed = await platform.post("/api/users/me/totp/confirm", confirm, { token });
  const [second_factor] = RecoveryCodes.parse(await confirmed.json()).recovery_codes;
  const ticket = await codeForApp(person);
  expect(await exchange({ ...ticket, code_verifier: "another".repeat(7) })).toBe(401);
  expect(await exchange(ticket)).toBe(401);
  expect(await exchange({ ...ticket, second_factor: "000000" })).toBe(401);
  expect(await exchange({ ...ticket, second_factor })).toBe(200);
  expect(await exchange({ code: "unknown", code_verifier: ticket.code_verifier })).toBe(401);
  const found = (await recorded(id, 10)).slice(6);
  const reasons = found.map(({ what: action, details }) => [action, details.method, details.reason]);
  expect(reasons).toEqual([
    ...["credentials", "code-needed", "code"].map((reason) => ["sign-in.failed failure", "oidc", reason]),
    ["sign-in.succeeded success", "oidc", undefined],
  ]);
});

it("identities that are linked and removed are on record, by a name that leads nowhere else", async () => {
  const account = { username: "linker", email: "linker@example.org", password: PASSWORD };
  await platform.post("/api/auth/register", account);
  const tokens = await platform.post("/api/auth/login", { username: "linker", password: PASSWORD });
  const { access_token: token } = TokenResponse.parse(await tokens.json());
  const { id } = await platform.me(token);
  const browser = platform.newBrowser();
  const begun = await platform.post("/api/auth/oidc/beta/link", { password: PASSWORD }, { token });
  browser.keep(PLATFORM, begun);
  const { url: start } = LinkIdentityResponse.parse(await begun.json());
  const options = { browser, start, provider: "beta" } as const;
  expect((await platform.signIn(platform.newPerson(), options)).end).toBe("/settings?oidc=linked");
  const list = await platform.get("/api/auth/identities", { token });
  const [identity] = IdentityList.parse(await list.json()).identities;
  expect((await platform.remove(`/api/auth/identities/${identity?.id}`, { token })).status).toBe(204);
  const [linked, removed] = (await recorded(id, 4)).slice(2);
  expect([linked?.what, removed?.what]).toEqual(["identity.linked success", "identity.removed success"]);
  expect(linked?.details).toMatchObject({ provider: "beta" });
  expect(removed?.details).toEqual(linked?.details);
  expect(JSON.stringify(await entries({}))).not.toContain(identity?.id);
});

it("who comes back from a provider without having signed in is on record, with the reason", async () => {
  await platform.signIn(undefined);
  const taken = platform.newPerson({ email: "linker@example.org" });
  await platform.signIn(taken);
  await platform.newBrowser().visit(`${PLATFORM}/api/auth/oidc/alpha/callback?state=made-up`);
  const failed = { action: "sign-in.failed", subject: { $exists: false } };
  const found = await eventually(async () => {
    const all = await entries(failed);
    return all.length >= 4 && all;
  });
  const reasons = found.map(({ details }) => details.reason);
  expect(reasons).toEqual(["credentials", "cancelled", "email_taken", "expired"]);
});

it("nothing of it has a name, an address or an id at a provider", async () => {
  const { person, id } = await newAccount();
  await recorded(id, 3);
  const whole = JSON.stringify(await entries({}));
  expect(whole).toContain(id);
  const hidden = [person.sub, person.email, person.preferred_username, "linker", "example.org", PASSWORD];
  for (const one of hidden) expect(whole).not.toContain(one);
});
