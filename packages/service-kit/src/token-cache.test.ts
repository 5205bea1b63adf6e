import { createIssuer, eventually } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { cacheVerified } from "./token-cache.ts";
import { createTokenVerifier, InvalidToken, type TokenVerifier } from "./token-verifier.ts";

const issuer = createIssuer();
let stop: () => Promise<void>;
let inner: TokenVerifier;

beforeAll(async () => {
  const served = await issuer.serve();
  stop = served.stop;
  inner = createTokenVerifier({ ...issuer, jwksUrl: served.jwksUrl });
});
afterAll(() => stop());

function setup() {
  const verify = vi.fn((token: string) => inner.verify(token));
  return { verify, verifier: cacheVerified({ verify }) };
}

describe("cacheVerified", () => {
  it("verifies a token once, each on its own", async () => {
    const { verify, verifier } = setup();
    const [one, other] = [issuer.token(), issuer.token()];
    const claims = await verifier.verify(one);
    expect(await verifier.verify(one)).toEqual(claims);
    expect(verify).toHaveBeenCalledTimes(1);
    expect((await verifier.verify(other)).sub).not.toBe(claims.sub);
  });

  it("refuses a forged token every time, also beside the true one", async () => {
    const { verify, verifier } = setup();
    const token = issuer.token();
    await verifier.verify(token);
    const forged = `${token.slice(0, -8)}AAAAAAAA`;
    await expect(verifier.verify(forged)).rejects.toThrow(InvalidToken);
    await expect(verifier.verify(forged)).rejects.toThrow(InvalidToken);
    expect(verify).toHaveBeenCalledTimes(3);
  });

  it("asks again when a token has expired", async () => {
    const { verify, verifier } = setup();
    const token = issuer.token({ claims: { exp: Math.floor(Date.now() / 1000) + 1 } });
    await verifier.verify(token);
    await eventually(async () => {
      // Within the clock tolerance it is still good, but no longer remembered.
      await verifier.verify(token);
      return verify.mock.calls.length > 1;
    });
  });
});
