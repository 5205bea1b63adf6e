import { IdentityList, LinkIdentityResponse, TokenResponse } from "@mobile-ai-agent/contracts";
import type { TestBrowser } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PLATFORM, runWithProviders } from "../testing/run-with-providers.ts";

const PASSWORD = "correct horse battery";
let platform: Awaited<ReturnType<typeof runWithProviders>>;

beforeAll(async () => {
  platform = await runWithProviders();
});
afterAll(() => platform?.stop());

let count = 0;
async function newUser() {
  count += 1;
  const username = `linker_${count}`;
  const account = { username, email: `${username}@example.org`, password: PASSWORD };
  await platform.post("/api/auth/register", account);
  const tokens = await platform.post("/api/auth/login", { username, password: PASSWORD });
  const { access_token: token, refresh_token } = TokenResponse.parse(await tokens.json());
  return { username, token, refresh_token, id: (await platform.me(token)).id };
}

/** @returns where the user's page sends its browser, which is marked */
async function beginLink(token: string, browser: TestBrowser, provider = "alpha") {
  const answer = await platform.post(`/api/auth/oidc/${provider}/link`, { password: PASSWORD }, { token });
  browser.keep(PLATFORM, answer);
  return LinkIdentityResponse.parse(await answer.json()).url;
}

async function link(token: string, person = platform.newPerson()) {
  const browser = platform.newBrowser();
  const start = await beginLink(token, browser);
  return { person, ...(await platform.signIn(person, { browser, start })) };
}

async function identitiesOf(token: string) {
  const answer = await platform.get("/api/auth/identities", { token });
  return IdentityList.parse(await answer.json()).identities;
}

describe("linking", () => {
  it("takes the password, and then lets the provider sign in to the account", async () => {
    const { token, id } = await newUser();
    const wrong = { password: "wrong" };
    expect((await platform.post("/api/auth/oidc/alpha/link", wrong, { token })).status).toBe(403);
    expect((await platform.post("/api/auth/oidc/none/link", wrong, { token })).status).toBe(404);
    const { person, browser, end } = await link(token);
    expect(end).toBe("/settings?oidc=linked");
    // The page is signed in already: nothing of that changes.
    expect(browser.cookie(PLATFORM, "__Secure-refresh_token")).toBeUndefined();
    expect(await identitiesOf(token)).toMatchObject([
      { provider: "alpha", label: "Provider alpha", email: person.email, last_used_at: null },
    ]);
    const signedIn = await platform.signIn(person);
    expect((await platform.me(await platform.tokenOf(signedIn.browser))).id).toBe(id);
    expect(await identitiesOf(token)).toMatchObject([{ last_used_at: expect.any(String) }]);
    expect((await link(token, person)).end).toBe("/settings?oidc=linked");
    expect(await identitiesOf(token)).toHaveLength(1);
  });

  it("joins the account whose e-mail address kept the provider from signing in", async () => {
    const { username, token } = await newUser();
    const person = platform.newPerson({ email: `${username}@example.org` });
    expect((await platform.signIn(person)).end).toBe("/sign-in?oidc_error=email_taken");
    expect((await link(token, person)).end).toBe("/settings?oidc=linked");
    expect((await platform.signIn(person)).end).toBe("/");
  });

  it("takes nothing from another account", async () => {
    const [one, other] = [await newUser(), await newUser()];
    const { person } = await link(one.token);
    expect((await link(other.token, person)).end).toBe("/settings?oidc_error=identity_taken");
    expect(await identitiesOf(other.token)).toEqual([]);
    const { browser } = await platform.signIn(person);
    expect((await platform.me(await platform.tokenOf(browser))).id).toBe(one.id);
  });

  it("is for the browser that began it: another's provider is not linked by a link that was sent", async () => {
    const { token } = await newUser();
    const start = await beginLink(token, platform.newBrowser());
    const victim = platform.newPerson();
    expect((await platform.signIn(victim, { start })).end).toBe("/sign-in?oidc_error=expired");
    expect(await identitiesOf(token)).toEqual([]);
  });

  it("ends with the sign-in that began it", async () => {
    const { token, refresh_token = "" } = await newUser();
    const browser = platform.newBrowser();
    const start = await beginLink(token, browser);
    const person = platform.newPerson();
    const { callback } = await platform.untilCallback(person, { browser, start });
    await platform.post("/api/auth/logout", { refresh_token });
    expect((await browser.visit(callback)).location).toBe(`${PLATFORM}/settings?oidc_error=expired`);
    expect((await platform.signIn(person)).end).toBe("/");
  });

  it("says 503 while the provider is away", async () => {
    const fresh = await runWithProviders();
    try {
      const account = { username: "away", email: "away@example.org", password: PASSWORD };
      await fresh.post("/api/auth/register", account);
      const tokens = await fresh.post("/api/auth/login", { username: "away", password: PASSWORD });
      const { access_token: token } = TokenResponse.parse(await tokens.json());
      await fresh.providers.beta.pause();
      const answer = await fresh.post("/api/auth/oidc/beta/link", { password: PASSWORD }, { token });
      expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "10"]);
    } finally {
      await fresh.stop();
    }
  });
});

describe("unlinking", () => {
  it("lets the provider sign in no more; it is the owner's alone to do", async () => {
    const [one, other] = [await newUser(), await newUser()];
    const { person } = await link(one.token);
    const [identity] = await identitiesOf(one.token);
    const path = `/api/auth/identities/${identity?.id}`;
    expect((await platform.remove(path, { token: other.token })).status).toBe(404);
    expect((await platform.remove(path)).status).toBe(401);
    expect((await platform.remove(path, { token: one.token })).status).toBe(204);
    expect(await identitiesOf(one.token)).toEqual([]);
    expect((await platform.remove(path, { token: one.token })).status).toBe(404);
    const { browser } = await platform.signIn(person);
    expect((await platform.me(await platform.tokenOf(browser))).id).not.toBe(one.id);
  });

  it("is refused while it is the only way to sign in", async () => {
    const { browser } = await platform.signIn(platform.newPerson());
    const token = await platform.tokenOf(browser);
    const [identity] = await identitiesOf(token);
    const path = `/api/auth/identities/${identity?.id}`;
    expect((await platform.remove(path, { token })).status).toBe(409);
    await platform.post("/api/users/me/password", { new_password: PASSWORD }, { token });
    expect((await platform.remove(path, { token })).status).toBe(204);
  });
});
