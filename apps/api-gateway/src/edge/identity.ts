import type { AccessTokenClaims } from "@mobile-ai-agent/contracts";
import { bearerTokenOf, InvalidToken, type TokenVerifier, unauthorized } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler } from "express";

/**
 * What the request's access token says of its sender. `unverifiable`: the keys can't be had at the moment.
 */
type Identity =
  | { readonly kind: "user"; readonly claims: AccessTokenClaims }
  | { readonly kind: "no token" | "invalid token" | "unverifiable" };

const identities = new WeakMap<Request, Identity>();

/** Looks once at who sends a request; refuses nobody. */
export function identify(verifier: TokenVerifier): RequestHandler {
  return async (request, _response, next) => {
    const token = bearerTokenOf(request);
    identities.set(request, token === undefined ? { kind: "no token" } : await verify(verifier, token));
    next();
  };
}

async function verify(verifier: TokenVerifier, token: string): Promise<Identity> {
  try {
    return { kind: "user", claims: await verifier.verify(token) };
  } catch (error) {
    return { kind: error instanceof InvalidToken ? "invalid token" : "unverifiable" };
  }
}

/**
 * Answers 401 to requests without a valid access token. One that can't be verified here now may pass: the service
 * behind verifies it anyway.
 */
export const demandUser: RequestHandler = (request, _response, next) => {
  const kind = identities.get(request)?.kind;
  if (kind === "invalid token" || kind === "no token") throw unauthorized(kind);
  next();
};

/** @returns the id of the user who sends the request, when it is known. */
export function userIdOf(request: Request): string | undefined {
  const identity = identities.get(request);
  return identity?.kind === "user" ? identity.claims.sub : undefined;
}
