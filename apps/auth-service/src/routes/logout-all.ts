import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { recordOwn } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { clearRefreshCookie } from "../refresh-cookie.ts";

/** POST /api/auth/logout-all → 204; every sign-in of the caller ends, this one too, with all its tokens. */
export function logoutAll({ audit, refreshTokens }: AuthContext): RequestHandler {
  return async (request, response) => {
    await refreshTokens.revokeAll(userOf(request).sub);
    recordOwn(audit, "sign-ins.ended", userOf(request).sub);
    clearRefreshCookie(response);
    response.status(204).set("Cache-Control", "no-store").end();
  };
}
