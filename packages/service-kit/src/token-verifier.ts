import { AccessTokenClaims } from "@mobile-ai-agent/contracts";
import jwt from "jsonwebtoken";
import { createKeySource } from "./key-source.ts";

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
      if (key === undefined) throw new InvalidToken("names an unknown key");
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
      if (claims.data.iat > Date.now() / 1000 + CLOCK_TOLERANCE_S)
        throw new InvalidToken("issued in the future");
      return claims.data;
    },
  };
}

function kidOf(token: string): string {
  const header = token.length <= MAX_TOKEN_LENGTH ? decodeHeader(token) : undefined;
  if (header?.alg !== "ES256") throw new InvalidToken("not an ES256 token");
  const { typ }: { typ?: unknown } = header;
  if (typeof typ !== "string" || typ.toLowerCase() !== "at+jwt")
    throw new InvalidToken("not an access token");
  // RFC 7515, 4.1.11: who does not understand an extension must refuse the token, and we understand none.
  if ("crit" in header) throw new InvalidToken("asks for an extension");
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
