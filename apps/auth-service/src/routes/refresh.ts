import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";
import { clearRefreshCookie, refreshTokenOf } from "../refresh-cookie.ts";
import { unauthorized } from "../unauthorized.ts";
import { sendTokens } from "./answers.ts";

/** POST /api/auth/refresh → TokenResponse with the next refresh token; 401 when the given one is not good. */
export function refresh(context: AuthContext): RequestHandler {
  const { users, refreshTokens } = context;
  return async (request, response) => {
    const { token, carrier } = refreshTokenOf(request);
    const next = await refreshTokens.rotate(token);
    const user = next && (await users.findById(next.userId));
    if (!next || !user) {
      if (carrier === "cookie") clearRefreshCookie(response);
      throw unauthorized("the refresh token is not valid, or has expired; sign in again");
    }
    sendTokens(response, context, { user, signIn: next, carrier });
  };
}
