import type { TokenResponse, User } from "@mobile-ai-agent/contracts";
import type { Response } from "express";
import type { AuthContext } from "../context.ts";
import { type Carrier, setRefreshCookie } from "../refresh-cookie.ts";
import type { SignIn } from "../refresh-tokens.ts";

/** A token response that no cache keeps (RFC 6749, 5.1), with the refresh token where the client wants it. */
export function sendTokens(
  response: Response,
  { accessTokens, refreshTokens }: Pick<AuthContext, "accessTokens" | "refreshTokens">,
  { user, signIn, carrier }: { user: User; signIn: SignIn; carrier: Carrier },
): void {
  if (carrier === "cookie") setRefreshCookie(response, signIn.token, refreshTokens.ttl);
  const body: TokenResponse = {
    access_token: accessTokens.sign(user, signIn.familyId),
    ...(carrier === "body" && { refresh_token: signIn.token }),
    token_type: "Bearer",
    expires_in: accessTokens.ttl,
  };
  response.set("Cache-Control", "no-store").json(body);
}
