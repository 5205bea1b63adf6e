import type { TokenResponse, User } from "@mobile-ai-agent/contracts";
import { HttpProblem } from "@mobile-ai-agent/service-kit";
import type { Response } from "express";
import type { AccessTokens } from "../access-tokens.ts";

/** A token response that no cache keeps: RFC 6749, 5.1. */
export function sendTokens(
  response: Response,
  accessTokens: AccessTokens,
  user: User,
  refreshToken: string,
): void {
  const body: TokenResponse = {
    access_token: accessTokens.sign(user),
    refresh_token: refreshToken,
    token_type: "Bearer",
    expires_in: accessTokens.ttl,
  };
  response.set("Cache-Control", "no-store").json(body);
}

export function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, "Unauthorized", detail, { headers: { "WWW-Authenticate": "Bearer" } });
}
