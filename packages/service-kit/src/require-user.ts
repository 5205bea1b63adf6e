import type { AccessTokenClaims } from "@mobile-ai-agent/contracts";
import type { Request, RequestHandler } from "express";
import { HttpProblem } from "./problem.ts";
import { InvalidToken, type TokenVerifier } from "./token-verifier.ts";

const users = new WeakMap<Request, AccessTokenClaims>();

/**
 * Lets through requests with a valid access token (RFC 6750, 2.1), whose claims `userOf` then gives. Others get 401
 * with `WWW-Authenticate`; 503 when the keys can't be had.
 *
 * @param options.resourceMetadata where clients learn whose tokens are taken (RFC 9728, 5.1)
 */
export function requireUser(
  verifier: TokenVerifier,
  { resourceMetadata }: { resourceMetadata?: string } = {},
): RequestHandler {
  const pointer = resourceMetadata === undefined ? [] : [`resource_metadata="${resourceMetadata}"`];
  return async (request, _response, next) => {
    const token = bearerTokenOf(request);
    if (token === undefined) throw unauthorized("no token", pointer);
    users.set(request, await verify(verifier, token, pointer));
    next();
  };
}

/** The token of the request's Authorization header (RFC 6750, 2.1), unchecked. */
export function bearerTokenOf(request: Request): string | undefined {
  return /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(request.get("authorization") ?? "")?.[1];
}

/** Claims of the request's access token. @throws Error when the route is not behind `requireUser` */
export function userOf(request: Request): AccessTokenClaims {
  const claims = users.get(request);
  if (!claims) throw new Error("the route is not behind requireUser");
  return claims;
}

async function verify(
  verifier: TokenVerifier,
  token: string,
  pointer: readonly string[],
): Promise<AccessTokenClaims> {
  try {
    return await verifier.verify(token);
  } catch (error) {
    if (error instanceof InvalidToken) throw unauthorized("invalid token", pointer);
    throw new HttpProblem(503, "Service Unavailable", "tokens can't be verified now; try again shortly", {
      headers: { "Retry-After": "5" },
      cause: error,
    });
  }
}

/** @param parameters further ones of the challenge (RFC 6750, 3) */
export function unauthorized(
  fault: "no token" | "invalid token",
  parameters: readonly string[] = [],
): HttpProblem {
  const detail =
    fault === "no token"
      ? "sign in, and send the access token as a Bearer token"
      : "the access token is not valid, or has expired; refresh it or sign in";
  const all = [...(fault === "no token" ? [] : ['error="invalid_token"']), ...parameters];
  const headers = { "WWW-Authenticate": `Bearer ${all.join(", ")}`.trim() };
  return new HttpProblem(401, "Unauthorized", detail, { headers });
}
