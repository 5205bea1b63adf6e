import { RefreshRequest } from "@mobile-ai-agent/contracts";
import { parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";
import { sendTokens, unauthorized } from "./answers.ts";

/** POST /api/auth/refresh → TokenResponse with the next refresh token; 401 when the given one is not good. */
export function refresh({ users, accessTokens, refreshTokens }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { refresh_token } = parseBody(RefreshRequest, request);
    const next = await refreshTokens.rotate(refresh_token);
    const user = next && (await users.findById(next.userId));
    if (!next || !user) throw unauthorized("the refresh token is not valid, or has expired; sign in again");
    sendTokens(response, accessTokens, user, next.token);
  };
}
