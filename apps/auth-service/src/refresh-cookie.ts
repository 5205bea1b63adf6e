import { RefreshRequest } from "@mobile-ai-agent/contracts";
import { HttpProblem, parseBody } from "@mobile-ai-agent/service-kit";
import { parseCookie } from "cookie";
import type { CookieOptions, Request, Response } from "express";
import { unauthorized } from "./unauthorized.ts";

/** The prefix makes browsers refuse it from a page without TLS, or without `Secure`: RFC 6265bis, 4.1.3.1. */
const NAME = "__Secure-refresh_token";
const ATTRIBUTES: CookieOptions = { httpOnly: true, secure: true, sameSite: "strict", path: "/api/auth" };

/** Where a client keeps its refresh token: the next one goes there too. */
export type Carrier = "body" | "cookie";

/**
 * The refresh token of a request: the body's, else the cookie's.
 *
 * @throws HttpProblem 401 when neither has one; 403 and 415 when a cookie may have been sent by another site's page
 */
export function refreshTokenOf(request: Request): { token: string; carrier: Carrier } {
  const given = parseBody(RefreshRequest, request).refresh_token;
  if (given !== undefined) return { token: given, carrier: "body" };
  const kept = parseCookie(request.get("cookie") ?? "")[NAME];
  if (!kept)
    throw unauthorized("give the refresh token in the body, or sign in with refresh_token_in: cookie");
  refuseOtherSites(request);
  return { token: kept, carrier: "cookie" };
}

/**
 * SameSite keeps the cookie from other sites; this keeps it from other origins of the same site too, and from forms.
 *
 * @throws HttpProblem 403 for a page of another origin, as browsers tell (Fetch Metadata); 415 for a body other than JSON
 */
export function refuseOtherSites(request: Request): void {
  const site = request.get("sec-fetch-site");
  if (site !== undefined && site !== "same-origin") {
    throw new HttpProblem(403, "Forbidden", "the cookie is for pages of the platform's own origin only");
  }
  if (!/^application\/json *(;|$)/i.test(request.get("content-type") ?? "")) {
    throw new HttpProblem(415, "Unsupported Media Type", "send the body as application/json; {} will do");
  }
}

/** @param ttl seconds that the token is valid */
export function setRefreshCookie(response: Response, token: string, ttl: number): void {
  response.cookie(NAME, token, { ...ATTRIBUTES, maxAge: ttl * 1000 });
}

export function clearRefreshCookie(response: Response): void {
  response.clearCookie(NAME, ATTRIBUTES);
}
