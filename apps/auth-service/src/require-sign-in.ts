import { requireUser, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "./context.ts";
import { unauthorized } from "./unauthorized.ts";

/**
 * Lets through requests with a valid access token whose sign-in goes on, as the database has it: an account is not
 * changed by a token that was revoked a moment ago, nor by one revoked while Redis is away.
 */
export function requireSignIn({ verifier, refreshTokens }: AuthContext): RequestHandler[] {
  return [
    requireUser(verifier),
    async (request, _response, next) => {
      if (!(await refreshTokens.isActive(userOf(request).sid))) {
        throw unauthorized("the sign-in of this access token has ended; sign in again", {
          error: "invalid_token",
        });
      }
      next();
    },
  ];
}
