import { createIssuer, eventually, forgedTokens, type TestIssuer } from "@mobile-ai-agent/test-support";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { createTokenVerifier, InvalidToken, type TokenVerifier } from "./token-verifier.ts";

const ours = createIssuer();
let served: Awaited<ReturnType<TestIssuer["serve"]>>;
let verifier: TokenVerifier;

beforeAll(async () => {
  served = await ours.serve();
  const { issuer, audience } = ours;
  verifier = createTokenVerifier({ issuer, audience, jwksUrl: served.jwksUrl });
});
afterAll(() => served.stop());

describe("createTokenVerifier", () => {
  it("gives the claims of a valid token, and fetches the keys once", async () => {
    const claims = await verifier.verify(ours.token({ claims: { roles: ["admin"] } }));
    expect(claims).toMatchObject({ iss: ours.issuer, roles: ["admin"] });
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(ours.token())));
    expect(served.requests()).toBe(1);
  });

  it.each(forgedTokens({ issuer: ours }))("refuses $name", async ({ token }) => {
    await expect(verifier.verify(token)).rejects.toThrow(InvalidToken);
  });

  it("does not call a token invalid when the keys can't be had", async () => {
    const { issuer, audience } = ours;
    const fetch = async () => new Response("", { status: 503 });
    const cut = createTokenVerifier({ issuer, audience, jwksUrl: served.jwksUrl, fetch });
    const error = await cut.verify(ours.token()).catch((error) => error);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(InvalidToken);
  });

  it("goes on with known keys while strangers' key ids use up the fetches", async () => {
    const { issuer, audience } = ours;
    const one = createTokenVerifier({ issuer, audience, jwksUrl: served.jwksUrl });
    await one.verify(ours.token());
    const before = served.requests();
    const strangers = Array.from({ length: 30 }, (_, n) => ours.token({ header: { kid: `stranger-${n}` } }));
    for (const stranger of strangers) await expect(one.verify(stranger)).rejects.toThrow();
    expect(served.requests() - before).toBeLessThanOrEqual(3);
    await expect(one.verify(ours.token())).resolves.toBeDefined();
  });
});

describe("createTokenVerifier, when its copy of the keys has grown old", () => {
  const issuerNow: { fetches: number; answer: () => Promise<Response> } = {
    fetches: 0,
    answer: publish(ours),
  };
  const fetch = () => {
    issuerNow.fetches += 1;
    return issuerNow.answer();
  };
  const realNow = Date.now;
  let passed = 0;
  afterEach(() => {
    vi.restoreAllMocks();
  });

  function publish(issuer: TestIssuer) {
    return async () => Response.json(issuer.jwks());
  }

  /** A verifier that knows the keys, and the time after which it asks for them again. */
  async function old() {
    const { issuer, audience } = ours;
    issuerNow.answer = publish(ours);
    passed = 0;
    vi.spyOn(Date, "now").mockImplementation(() => realNow() + passed);
    const one = createTokenVerifier({ issuer, audience, jwksUrl: served.jwksUrl, fetch });
    await one.verify(ours.token());
    passed += 11 * 60_000;
    issuerNow.fetches = 0;
    return one;
  }

  it("goes on for an hour without the issuer, and then says nothing about a token", async () => {
    const one = await old();
    issuerNow.answer = async () => new Response("", { status: 503 });
    await one.verify(ours.token());
    await eventually(() => issuerNow.fetches > 0);
    passed += 60 * 60_000;
    const error = await one.verify(ours.token()).catch((error) => error);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toBeInstanceOf(InvalidToken);
  });

  it("drops a key that the issuer has withdrawn", async () => {
    const one = await old();
    issuerNow.answer = publish(createIssuer());
    const isRefused = () =>
      one.verify(ours.token()).then(
        () => false,
        (error) => error instanceof InvalidToken,
      );
    await eventually(isRefused);
  });

  it("holds nobody up while it asks for them again", async () => {
    const one = await old();
    issuerNow.answer = () => new Promise(() => {});
    await expect(one.verify(ours.token())).resolves.toBeDefined();
    expect(issuerNow.fetches).toBe(1);
  });

  it("knows a key published ahead of its first use, though strangers' key ids use up the fetches", async () => {
    const next = createIssuer();
    issuerNow.answer = async () => Response.json({ keys: [...ours.jwks().keys, ...next.jwks().keys] });
    const { issuer, audience } = ours;
    const one = createTokenVerifier({ issuer, audience, jwksUrl: served.jwksUrl, fetch });
    await one.verify(ours.token());
    issuerNow.answer = async () => new Response("", { status: 503 });
    await expect(one.verify(ours.token({ header: { kid: "stranger" } }))).rejects.toThrow(InvalidToken);
    await expect(one.verify(next.token({ claims: { iss: issuer } }))).resolves.toBeDefined();
  });

  it("asks at once for a key that it doesn't know, but not twice in a second", async () => {
    const one = await old();
    const added = createIssuer();
    issuerNow.answer = async () => Response.json({ keys: [...ours.jwks().keys, ...added.jwks().keys] });
    await expect(one.verify(added.token())).resolves.toBeDefined();
    expect(issuerNow.fetches).toBe(1);
    await expect(one.verify(createIssuer().token())).rejects.toThrow(InvalidToken);
    expect(issuerNow.fetches).toBe(1);
    passed += 1000;
    await expect(one.verify(createIssuer().token())).rejects.toThrow(InvalidToken);
    expect(issuerNow.fetches).toBe(2);
  });
});
