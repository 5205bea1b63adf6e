import { hash } from "node:crypto";
import type { AccessTokenClaims } from "@mobile-ai-agent/contracts";
import { LRUCache } from "lru-cache";
import type { TokenVerifier } from "./token-verifier.ts";

const MAX_AGE_MS = 60_000;
const MAX_TOKENS = 10_000;

/**
 * Remembers valid tokens for a minute at most, never beyond their expiry. A key that is withdrawn is refused that much
 * later. Tokens are known by their hash, so that none lies in memory.
 */
export function cacheVerified(verifier: TokenVerifier): TokenVerifier {
  const known = new LRUCache<string, AccessTokenClaims>({ max: MAX_TOKENS });
  return {
    async verify(token) {
      const id = hash("sha256", token, "base64");
      const before = known.get(id);
      if (before) return before;
      const claims = await verifier.verify(token);
      const left = claims.exp * 1000 - Date.now();
      if (left > 0) known.set(id, claims, { ttl: Math.min(left, MAX_AGE_MS) });
      return claims;
    },
  };
}
