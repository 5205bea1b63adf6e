import { createHash, randomBytes } from "node:crypto";
import { ProviderList, RecoveryCodes, TokenResponse, TotpEnrolment } from "@mobile-ai-agent/contracts";
import { connectMongo } from "@mobile-ai-agent/service-kit";
import type { ProviderPerson } from "@mobile-ai-agent/test-support/oidc-provider";
import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLATFORM, runWithProviders, startUrl } from "../testing/run-with-providers.ts";

const CALLBACK = `${PLATFORM}/api/auth/oidc/alpha/callback`;
const APP = "mobile-ai-agent://signed-in";
const PASSWORD = "correct horse battery";
let platform: Awaited<ReturnType<typeof runWithProviders>>;

beforeAll(async () => {
  platform = await runWithProviders();
});
afterAll(() => platform?.stop());

function pkce() {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}
const exchange = (body: object, headers?: Record<string, string>) =>
  platform.post("/api/auth/oidc/token", body, headers ? { headers } : {});
async function codeForApp(person: ProviderPerson, challenge: string) {
  const query = `?client=app&code_challenge=${challenge}`;
  const { browser, callback } = await platform.untilCallback(person, { query });
  const { location } = await browser.visit(callback);
  return location?.startsWith(`${APP}?`) ? (new URL(location).searchParams.get("code") ?? "") : location;
}

async function enrolTotp(token: string, password: string) {
  const enrolled = await platform.post("/api/users/me/totp", { password }, { token });
  const { secret } = TotpEnrolment.parse(await enrolled.json());
  const confirmed = await platform.post(
    "/api/users/me/totp/confirm",
    { code: await generate({ secret }) },
    { token },
  );
  return RecoveryCodes.parse(await confirmed.json()).recovery_codes;
}

describe("on the web", () => {
  it("makes an account the first time, signs in by cookie, and finds the account again", async () => {
    const list = ProviderList.parse(await (await platform.get("/api/auth/oidc/providers")).json());
    expect(list.providers.map(({ id }) => id)).toEqual(["alpha", "beta"]);
    const person = platform.newPerson({ preferred_username: "Zoë Müller" });
    const { browser, end } = await platform.signIn(person);
    expect(end).toBe("/");
    expect(browser.cookie(PLATFORM, "__Secure-refresh_token")).toMatch(/^[\w-]{43}$/);
    const user = await platform.me(await platform.tokenOf(browser));
    expect(user).toMatchObject({ username: "Zoe_Muller", email: person.email, roles: ["user"] });
    const again = await platform.signIn({ ...person, email: "other@example.org" });
    expect(await platform.me(await platform.tokenOf(again.browser))).toEqual(user);
    const homonym = await platform.signIn(platform.newPerson({ preferred_username: "zoe muller" }));
    expect((await platform.me(await platform.tokenOf(homonym.browser))).username).toMatch(
      /^zoe_muller_[0-9a-f]{6}$/,
    );
  });

  it("sends the browser to the provider with PKCE, state, nonce and one exact address", async () => {
    const browser = platform.newBrowser();
    const { status, location, response } = await browser.visit(startUrl("alpha"));
    expect([status, response.headers.get("cache-control")]).toEqual([302, "no-store"]);
    const url = new URL(location ?? "");
    expect(url.origin).toBe(platform.providers.alpha.issuer);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: "alpha-client",
      response_type: "code",
      redirect_uri: CALLBACK,
      scope: "openid email profile",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^__Host-oidc=[\w-]{43}; Max-Age=600; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
  });

  it("is nobody's when the person says no", async () => {
    const { browser, end } = await platform.signIn(undefined);
    expect(end).toBe(`/sign-in?oidc_error=cancelled`);
    expect(browser.cookie(PLATFORM, "__Secure-refresh_token")).toBeUndefined();
  });

  it("takes each way back once, however many go at the same time", async () => {
    const { browser, callback } = await platform.untilCallback(platform.newPerson());
    const ends = await Promise.all([1, 2, 3].map(() => browser.visit(callback)));
    expect(ends.map(({ location }) => location).sort()).toEqual([
      `${PLATFORM}/`,
      ...Array(2).fill(`${PLATFORM}/sign-in?oidc_error=expired`),
    ]);
    expect((await browser.visit(callback)).location).toBe(`${PLATFORM}/sign-in?oidc_error=expired`);
  });

  it("takes no way back in another browser, at another provider, or of a state that nobody made", async () => {
    const { browser, callback } = await platform.untilCallback(platform.newPerson());
    const expired = `${PLATFORM}/sign-in?oidc_error=expired`;
    const stranger = platform.newBrowser();
    expect((await stranger.visit(callback)).location).toBe(expired);
    await stranger.visit(startUrl("alpha"));
    expect((await stranger.visit(callback)).location).toBe(expired);
    expect((await browser.visit(callback.replace("/alpha/", "/beta/"))).location).toBe(expired);
    expect((await browser.visit(callback.replace(/state=[^&]+/, "state=made-up"))).location).toBe(expired);
    expect((await browser.visit(callback)).location).toBe(`${PLATFORM}/`);
  });

  it("lets two tabs of a browser sign in, each for itself", async () => {
    const person = platform.newPerson();
    const one = await platform.untilCallback(person);
    const other = await platform.untilCallback(person, { browser: one.browser });
    for (const { callback } of [one, other])
      expect((await one.browser.visit(callback)).location).toBe(`${PLATFORM}/`);
  });

  it("is for navigations of a whole page only, and no other site begins it", async () => {
    const { browser, callback } = await platform.untilCallback(platform.newPerson());
    const statusOf = async (url: string, headers: Record<string, string>) =>
      (await browser.visit(url, headers)).status;
    for (const url of [startUrl("alpha"), callback]) {
      expect(await statusOf(url, { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" })).toBe(403);
      expect(await statusOf(url, { "sec-fetch-dest": "iframe" })).toBe(403);
      expect(await statusOf(url, { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" })).toBe(403);
    }
    for (const site of ["cross-site", "same-site"])
      expect(await statusOf(startUrl("alpha"), { "sec-fetch-site": site })).toBe(403);
    expect(await statusOf(startUrl("alpha"), { "sec-fetch-site": "same-origin" })).toBe(302);
    expect(await statusOf(callback, { "sec-fetch-site": "cross-site" })).toBe(302);
  });

  it("leads nowhere else, whatever a request says", async () => {
    const { browser, callback } = await platform.untilCallback(platform.newPerson());
    const more =
      "redirect_uri=https://evil.example&client=app&next=//evil.example&return_to=https://evil.example";
    const headers = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      referer: "https://evil.example",
    };
    expect((await browser.visit(`${callback}&${more}`, headers)).location).toBe(`${PLATFORM}/`);
    const { status } = await browser.visit(startUrl("alpha", `?${more}`));
    expect(status).toBe(400);
  });
});

describe("an account", () => {
  it("is not joined by an e-mail address, verified or not", async () => {
    const email = "taken@example.org";
    await platform.post("/api/auth/register", { username: "taken", email, password: PASSWORD });
    for (const email_verified of [true, false, undefined]) {
      const { browser, end } = await platform.signIn(
        platform.newPerson({
          email: email.toUpperCase(),
          ...(email_verified !== undefined && { email_verified }),
        }),
      );
      const error = email_verified === false ? "no_email" : "email_taken";
      expect(end).toBe(`/sign-in?oidc_error=${error}`);
      expect(browser.cookie(PLATFORM, "__Secure-refresh_token")).toBeUndefined();
    }
  });

  it("is another's, for the same name at another provider", async () => {
    const person = platform.newPerson();
    const first = await platform.me(await platform.tokenOf((await platform.signIn(person)).browser));
    const { browser, end } = await platform.signIn(
      { ...person, email: "b@example.org" },
      { provider: "beta" },
    );
    expect(end).toBe("/");
    expect((await platform.me(await platform.tokenOf(browser))).id).not.toBe(first.id);
  });

  it("is made once by two first sign-ins at once, and made again when a process ended half-way", async () => {
    const person = platform.newPerson();
    const both = await Promise.all([platform.untilCallback(person), platform.untilCallback(person)]);
    await Promise.all(both.map(({ browser, callback }) => browser.visit(callback)));
    const { browser } = await platform.signIn(person);
    const { id } = await platform.me(await platform.tokenOf(browser));
    const mongo = await connectMongo({ MONGODB_URI: platform.mongo.uri }, "test");
    try {
      const users = mongo.db.collection<{ _id: string; email: string }>("users");
      expect(await users.countDocuments({ email: person.email ?? "" })).toBe(1);
      await users.deleteOne({ _id: id });
      expect((await platform.signIn(person)).end).toBe("/sign-in?oidc_error=unavailable");
      const long = new Date(Date.now() - 120_000);
      await mongo.db.collection("identities").updateOne({ user_id: id }, { $set: { created_at: long } });
      expect((await platform.signIn(person)).end).toBe("/");
    } finally {
      await mongo.close();
    }
  });

  it("without a password takes one in the first ten minutes of a sign-in, and then has to show it", async () => {
    const { browser } = await platform.signIn(platform.newPerson());
    const token = await platform.tokenOf(browser);
    const { username } = await platform.me(token);
    const login = (password: string) => platform.post("/api/auth/login", { username, password });
    expect((await login("")).status).toBe(400);
    expect((await login("undefined")).status).toBe(401);
    expect((await platform.post("/api/users/me/totp", { password: PASSWORD }, { token })).status).toBe(403);
    const set = (body: object) => platform.post("/api/users/me/password", body, { token });
    expect((await set({ new_password: PASSWORD })).status).toBe(204);
    expect((await set({ new_password: "another horse battery" })).status).toBe(400);
    expect((await login(PASSWORD)).status).toBe(200);
    const mongo = await connectMongo({ MONGODB_URI: platform.mongo.uri }, "test");
    try {
      const late = await platform.signIn(platform.newPerson());
      const lateToken = await platform.tokenOf(late.browser);
      const { id } = await platform.me(lateToken);
      const created_at = new Date(Date.now() - 601_000);
      await mongo.db.collection("refresh_families").updateMany({ user_id: id }, { $set: { created_at } });
      const body = { new_password: PASSWORD };
      expect((await platform.post("/api/users/me/password", body, { token: lateToken })).status).toBe(403);
    } finally {
      await mongo.close();
    }
  });
});

describe("in the app", () => {
  it("ends at the app's own address with a code, good once for who has the verifier", async () => {
    const { verifier: code_verifier, challenge } = pkce();
    const person = platform.newPerson();
    const code = await codeForApp(person, challenge);
    for (const wrong of [{}, { code_verifier: pkce().verifier }]) {
      expect((await exchange({ code, ...wrong })).status).toBe(401);
    }
    const racers = await Promise.all([1, 2, 3].map(() => exchange({ code, code_verifier })));
    expect(racers.map(({ status }) => status).sort()).toEqual([200, 401, 401]);
    const good = racers.find(({ status }) => status === 200);
    const { access_token, refresh_token } = TokenResponse.parse(await good?.json());
    expect(refresh_token).toBeDefined();
    expect((await platform.me(access_token)).email).toBe(person.email);
    expect((await exchange({ code, code_verifier })).status).toBe(401);
  });

  it("needs a challenge", async () => {
    const { status } = await platform.newBrowser().visit(startUrl("alpha", "?client=app"));
    expect(status).toBe(400);
  });

  it("has codes that are good for a minute", async () => {
    const { verifier: code_verifier, challenge } = pkce();
    const code = (await codeForApp(platform.newPerson(), challenge)) ?? "";
    const mongo = await connectMongo({ MONGODB_URI: platform.mongo.uri }, "test");
    try {
      const _id = createHash("sha256").update(code).digest("base64url");
      const tickets = mongo.db.collection<{ _id: string; expires_at: Date }>("oidc_tickets");
      const ticket = await tickets.findOne({ _id });
      expect((ticket?.expires_at.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(60_000);
      expect(JSON.stringify(await tickets.find().toArray())).not.toContain(code);
      await tickets.updateOne({ _id }, { $set: { expires_at: new Date() } });
    } finally {
      await mongo.close();
    }
    expect((await exchange({ code, code_verifier })).status).toBe(401);
  });
});

describe("a second factor", () => {
  async function protectedPerson() {
    const person = platform.newPerson();
    const { browser } = await platform.signIn(person);
    const token = await platform.tokenOf(browser);
    await platform.post("/api/users/me/password", { new_password: PASSWORD }, { token });
    return { person, codes: await enrolTotp(token, PASSWORD) };
  }
  const faults = async (response: Response) => ({
    status: response.status,
    paths: ((await response.json()) as { errors?: { path: string }[] }).errors?.map(({ path }) => path),
  });

  it("is asked for on the web, by whose cookie alone the sign-in then goes on", async () => {
    const { person, codes } = await protectedPerson();
    const { browser, end } = await platform.signIn(person);
    expect(end).toBe(`/sign-in?oidc=second_factor`);
    expect(browser.cookie(PLATFORM, "__Secure-refresh_token")).toBeUndefined();
    const ticket = browser.cookie(PLATFORM, "__Secure-oidc_ticket") ?? "";
    const headers = { cookie: browser.cookies(PLATFORM), "sec-fetch-site": "same-origin" };
    const go = (second_factor?: string, more = {}) =>
      exchange(
        { ...(second_factor && { second_factor }), refresh_token_in: "cookie" },
        { ...headers, ...more },
      );
    expect(await faults(await go())).toEqual({ status: 401, paths: ["second_factor"] });
    expect(await faults(await go("123456"))).toEqual({ status: 401, paths: ["second_factor"] });
    expect((await go(codes[0], { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await go(codes[0], { cookie: "" })).status).toBe(401);
    // In the body, it would be the app's.
    expect((await exchange({ code: ticket, second_factor: codes[0] })).status).toBe(401);
    const done = await go(codes[0]);
    browser.keep(PLATFORM, done);
    expect([done.status, browser.cookie(PLATFORM, "__Secure-oidc_ticket")]).toEqual([200, undefined]);
    expect((await platform.me(await platform.tokenOf(browser))).email).toBe(person.email);
    expect((await go(codes[1], headers)).status).toBe(401);
  });

  it("is asked for in the app", async () => {
    const { person, codes } = await protectedPerson();
    const { verifier: code_verifier, challenge } = pkce();
    const code = await codeForApp(person, challenge);
    expect(await faults(await exchange({ code, code_verifier }))).toEqual({
      ...{ status: 401, paths: ["second_factor"] },
    });
    expect((await exchange({ code, code_verifier, second_factor: codes[0] })).status).toBe(200);
  });

  it("is slowed down like passwords", async () => {
    const { person } = await protectedPerson();
    const { verifier: code_verifier, challenge } = pkce();
    const code = await codeForApp(person, challenge);
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const second_factor = `00000${n}`;
      const headers = { "x-forwarded-for": "203.0.113.78" };
      statuses.push((await exchange({ code, code_verifier, second_factor }, headers)).status);
    }
    expect(statuses).toContain(429);
  });
});
