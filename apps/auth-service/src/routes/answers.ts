import type { TokenResponse, User } from "@mobile-ai-agent/contracts";
import type { Response } from "express";
import type { AuthContext } from "../context.ts";
import { type Carrier, setRefreshCookie } from "../refresh-cookie.ts";

/** A token response that no cache keeps (RFC 6749, 5.1), with the refresh token where the client wants it. */
export function sendTokens(
  response: Response,
  { accessTokens, refreshTokens }: Pick<AuthContext, "accessTokens" | "refreshTokens">,
  { user, refreshToken, carrier }: { user: User; refreshToken: string; carrier: Carrier },
): void {
  if (carrier === "cookie") setRefreshCookie(response, refreshToken, refreshTokens.ttl);
  const body: TokenResponse = {
    access_token: accessTokens.sign(user),
    ...(carrier === "body" && { refresh_token: refreshToken }),
    token_type: "Bearer",
    expires_in: accessTokens.ttl,
  };
  response.set("Cache-Control", "no-store").json(body);
}
