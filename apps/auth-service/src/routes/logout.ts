import { RefreshRequest } from "@mobile-ai-agent/contracts";
import { parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";

/** POST /api/auth/logout → 204; every refresh token of that sign-in stops working. */
export function logout({ refreshTokens }: AuthContext): RequestHandler {
  return async (request, response) => {
    await refreshTokens.revoke(parseBody(RefreshRequest, request).refresh_token);
    response.status(204).end();
  };
}
