import { generateKeyPairSync } from "node:crypto";
import type { TestOidcProvider } from "@mobile-ai-agent/test-support/oidc-provider";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PLATFORM, runWithProviders, startUrl } from "../testing/run-with-providers.ts";

let platform: Awaited<ReturnType<typeof runWithProviders>>;
let alpha: TestOidcProvider;

beforeAll(async () => {
  platform = await runWithProviders();
  alpha = platform.providers.alpha;
});
afterAll(() => platform?.stop());
afterEach(() => {
  for (const { lies } of Object.values(platform.providers)) {
    delete lies.idToken;
    delete lies.redirect;
    delete lies.tokenStatus;
  }
});

const FAILED = "/sign-in?oidc_error=failed";
const seconds = () => Math.floor(Date.now() / 1000);
const partsOf = (token: string) => token.split(".") as [string, string, string];
const otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");

/** ID tokens that a provider which was taken over, or somebody in between, may come with. */
const FORGED: Readonly<Record<string, (token: string) => string>> = {
  "with another nonce": (token) => alpha.resign(token, { claims: { nonce: "another" } }),
  "without a nonce": (token) => alpha.resign(token, { claims: { nonce: undefined } }),
  "of another issuer": (token) => alpha.resign(token, { claims: { iss: platform.providers.beta.issuer } }),
  "for another client": (token) => alpha.resign(token, { claims: { aud: "beta-client" } }),
  "for this client and one that it is not for": (token) =>
    alpha.resign(token, { claims: { aud: ["alpha-client", "other"], azp: "other" } }),
  "that has expired": (token) => alpha.resign(token, { claims: { exp: seconds() - 3600 } }),
  "of the future": (token) => alpha.resign(token, { claims: { nbf: seconds() + 3600 } }),
  "without a subject": (token) => alpha.resign(token, { claims: { sub: undefined } }),
  "by another key": (token) => alpha.resign(token, { key: otherKey }),
  "by a key that nobody knows": (token) => alpha.resign(token, { key: otherKey, header: { kid: "other" } }),
  "that was changed": (token) => {
    const [head, body, signature] = partsOf(token);
    const claims = JSON.parse(Buffer.from(body, "base64url").toString());
    return [head, encode({ ...claims, sub: "somebody-else" }), signature].join(".");
  },
  "with no algorithm": (token) => `${encode({ alg: "none" })}.${partsOf(token)[1]}.`,
  "with the secret for a key": (token) => alpha.resign(token, { header: { alg: "HS256" } }),
  "with its own key": (token) => {
    const jwk = { kty: "RSA", n: "AQAB", e: "AQAB" };
    return alpha.resign(token, { key: otherKey, header: { kid: undefined, jwk } });
  },
  "that is none": () => "none",
};

describe("an ID token", () => {
  it.each(Object.keys(FORGED))("%s signs nobody in", async (what) => {
    const person = platform.newPerson();
    alpha.lies.idToken = FORGED[what] as (token: string) => string;
    const { browser, end } = await platform.signIn(person);
    expect(end).toBe(FAILED);
    expect(browser.cookie(PLATFORM, "__Secure-refresh_token")).toBeUndefined();
    delete alpha.lies.idToken;
    expect((await platform.signIn(person)).end).toBe("/");
  });

  it("that was signed anew, and nothing else, signs in: so the others failed for what they are", async () => {
    alpha.lies.idToken = (token) => alpha.resign(token, {});
    expect((await platform.signIn(platform.newPerson())).end).toBe("/");
  });

  it("is asked for once with each code, and the secret of the client", async () => {
    const before = alpha.seen.get("/token") ?? 0;
    const { browser, callback } = await platform.untilCallback(platform.newPerson());
    await browser.visit(callback);
    await browser.visit(callback);
    expect((alpha.seen.get("/token") ?? 0) - before).toBe(1);
  });
});

describe("a way back", () => {
  it.each<[string, (address: URL) => void]>([
    ["from another provider (mix-up)", (to) => to.searchParams.set("iss", platform.providers.beta.issuer)],
    ["that doesn't say from whom", (to) => to.searchParams.delete("iss")],
    ["with a code that is another's", (to) => to.searchParams.set("code", "another")],
    ["with two codes", (to) => to.searchParams.append("code", "another")],
    ["without a code", (to) => to.searchParams.delete("code")],
  ])("%s signs nobody in", async (_name, redirect) => {
    alpha.lies.redirect = redirect;
    const { browser, end } = await platform.signIn(platform.newPerson());
    expect(end).toBe(FAILED);
    expect(browser.cookie(PLATFORM, "__Secure-refresh_token")).toBeUndefined();
  });

  it("with a code that another browser got signs nobody in: its verifier is another", async () => {
    const victim = await platform.untilCallback(platform.newPerson());
    const attacker = await platform.untilCallback(platform.newPerson());
    const stolen = new URL(attacker.callback);
    stolen.searchParams.set("code", new URL(victim.callback).searchParams.get("code") ?? "");
    const { location } = await attacker.browser.visit(stolen.href);
    expect(location).toBe(PLATFORM + FAILED);
  });
});

describe("a provider that is away", () => {
  const away = "/sign-in?oidc_error=unavailable";

  it("stops its own sign-ins alone, and says so to who is no browser", async () => {
    const fresh = await runWithProviders();
    try {
      await fresh.providers.alpha.pause();
      const browser = fresh.newBrowser();
      expect((await browser.visit(startUrl("alpha"))).location).toBe(PLATFORM + away);
      const query = `?client=app&code_challenge=${"a".repeat(43)}`;
      const ofApp = await browser.visit(startUrl("alpha", query));
      expect(ofApp.location).toBe("mobile-ai-agent://signed-in?oidc_error=unavailable");
      const plain = { "sec-fetch-mode": undefined };
      const { status, response } = await browser.visit(startUrl("alpha"), plain);
      expect([status, response.headers.get("retry-after")]).toEqual([503, "10"]);
      expect(await response.json()).toMatchObject({ status: 503, detail: expect.stringMatching(/provider/) });
      expect((await fresh.get("/api/auth/oidc/providers")).status).toBe(200);
      expect((await fresh.signIn(fresh.newPerson(), { provider: "beta" })).end).toBe("/");
      await fresh.providers.alpha.resume();
      expect((await fresh.signIn(fresh.newPerson())).end).toBe("/");
    } finally {
      await fresh.stop();
    }
  });

  it("or fails at the last step sends the person back with words", async () => {
    const { browser, callback } = await platform.untilCallback(platform.newPerson());
    await alpha.pause();
    expect((await browser.visit(callback)).location).toBe(PLATFORM + away);
    await alpha.resume();
    alpha.lies.tokenStatus = 502;
    expect((await platform.signIn(platform.newPerson())).end).toBe(away);
    alpha.lies.redirect = ({ searchParams }) => {
      searchParams.delete("code");
      searchParams.set("error", "temporarily_unavailable");
    };
    expect((await platform.signIn(platform.newPerson())).end).toBe(away);
  });

  it("is asked about itself once, not for each sign-in", async () => {
    await platform.signIn(platform.newPerson());
    expect(alpha.seen.get("/.well-known/openid-configuration")).toBe(1);
  });
});
