import { createPublicKey, type KeyObject } from "node:crypto";
import { AccessTokenClaims } from "@mobile-ai-agent/contracts";
import jwt from "jsonwebtoken";
import jwksRsa from "jwks-rsa";

const FETCH_TIMEOUT_MS = 5000;
const CACHE_MS = 10 * 60_000;
const STALE_MS = 60 * 60_000;
const MAX_TOKEN_LENGTH = 4096;
const CLOCK_TOLERANCE_S = 5;

/** The caller's fault: the token is not one of ours, or has expired. */
export class InvalidToken extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "InvalidToken";
  }
}

export interface TokenVerifier {
  /**
   * @throws InvalidToken when the token is not to be trusted; any other error when the keys can't be had, which says
   *   nothing about the token
   */
  verify(token: string): Promise<AccessTokenClaims>;
}

/** Verifies access tokens as RFC 9068, 4 says: ES256 only, `at+jwt`, our issuer, our audience, not expired. */
export function createTokenVerifier(options: {
  issuer: string;
  audience: string;
  jwksUrl: string;
  fetch?: typeof globalThis.fetch;
}): TokenVerifier {
  const { issuer, audience } = options;
  const keyOf = createKeySource(options.jwksUrl, options.fetch ?? globalThis.fetch);
  return {
    async verify(token) {
      const kid = kidOf(token);
      const key = await keyOf(kid);
      let payload: unknown;
      try {
        payload = jwt.verify(token, key, {
          algorithms: ["ES256"],
          issuer,
          audience,
          clockTolerance: CLOCK_TOLERANCE_S,
        });
      } catch (error) {
        throw new InvalidToken((error as Error).message);
      }
      const claims = AccessTokenClaims.safeParse(payload);
      if (!claims.success) throw new InvalidToken("a claim is missing or malformed");
      return claims.data;
    },
  };
}

function kidOf(token: string): string {
  const header = token.length <= MAX_TOKEN_LENGTH ? decodeHeader(token) : undefined;
  if (header?.alg !== "ES256") throw new InvalidToken("not an ES256 token");
  if (header.typ?.toLowerCase() !== "at+jwt") throw new InvalidToken("not an access token");
  if (typeof header.kid !== "string") throw new InvalidToken("names no key");
  return header.kid;
}

function decodeHeader(token: string): jwt.JwtHeader | undefined {
  try {
    return jwt.decode(token, { complete: true })?.header;
  } catch {
    return undefined;
  }
}

/** Keys by id, ready to use, fetched at most ten times a minute; for an hour they outlive an issuer that is away. */
function createKeySource(
  jwksUrl: string,
  fetch: typeof globalThis.fetch,
): (kid: string) => Promise<KeyObject> {
  const client = jwksRsa({
    jwksUri: jwksUrl,
    cacheMaxAge: CACHE_MS,
    rateLimit: true,
    jwksRequestsPerMinute: 10,
    async fetcher(url) {
      const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
      if (!response.ok) throw new Error(`the JWKS could not be had: HTTP ${response.status}`);
      return (await response.json()) as { keys: unknown };
    },
  });
  const known = new Map<string, { pem: string; key: KeyObject; at: number }>();
  return async (kid) => {
    const before = known.get(kid);
    try {
      const pem = (await client.getSigningKey(kid)).getPublicKey();
      if (before?.pem === pem) {
        before.at = Date.now();
        return before.key;
      }
      const key = createPublicKey(pem);
      known.set(kid, { pem, key, at: Date.now() });
      return key;
    } catch (error) {
      if (error instanceof jwksRsa.SigningKeyNotFoundError) {
        known.delete(kid);
        throw new InvalidToken("names an unknown key");
      }
      // Also when strangers' key ids have used up the rate: a known key goes on being good.
      if (before && Date.now() - before.at < STALE_MS) return before.key;
      throw error;
    }
  };
}
