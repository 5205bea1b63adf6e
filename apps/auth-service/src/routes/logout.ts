import type { RequestHandler } from "express";
import { recordSignOut } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { clearRefreshCookie, refreshTokenOf } from "../refresh-cookie.ts";

/** POST /api/auth/logout → 204; every refresh token of that sign-in stops working. 401 when none is given. */
export function logout({ audit, refreshTokens }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { token, carrier } = refreshTokenOf(request);
    const ended = await refreshTokens.revoke(token);
    if (ended) recordSignOut(audit, ended);
    if (carrier === "cookie") clearRefreshCookie(response);
    response.status(204).set("Cache-Control", "no-store").end();
  };
}
