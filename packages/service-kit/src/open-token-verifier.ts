import type { z } from "zod";
import type { tokenConfig } from "./config.ts";
import type { Logger } from "./logger.ts";
import type { RedisClient } from "./redis.ts";
import { followRevocations, type Revocations, refuseRevoked } from "./revocations.ts";
import { cacheVerified } from "./token-cache.ts";
import { createTokenVerifier, type TokenVerifier } from "./token-verifier.ts";

/**
 * What each service verifies access tokens with that is not their issuer: it refuses those whose sign-in was ended, also
 * when it remembers them. Resolves as `followRevocations` does.
 *
 * @param options.remember whether a token that was verified is known again for a while
 * @returns the verifier, and the revocations that it hears of, to be closed
 */
export async function openTokenVerifier(
  config: z.infer<typeof tokenConfig>,
  redis: RedisClient,
  logger: Logger,
  { remember = false }: { remember?: boolean } = {},
): Promise<{ verifier: TokenVerifier; revocations: Revocations }> {
  const revocations = await followRevocations(redis, logger);
  const tokens = createTokenVerifier({
    issuer: config.JWT_ISSUER,
    audience: config.JWT_AUDIENCE,
    jwksUrl: config.JWKS_URL,
  });
  return { verifier: refuseRevoked(remember ? cacheVerified(tokens) : tokens, revocations), revocations };
}
