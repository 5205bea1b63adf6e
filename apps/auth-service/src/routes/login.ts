import { LoginRequest } from "@mobile-ai-agent/contracts";
import { parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";
import { sendTokens, unauthorized } from "./answers.ts";

/** POST /api/auth/login → TokenResponse; the same 401, in the same time, for an unknown user and a wrong password. */
export function login({ users, passwords, accessTokens, refreshTokens }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { username, password } = parseBody(LoginRequest, request);
    const found = await users.findByLogin(username);
    const matches = await passwords.matches(found?.passwordHash, password);
    if (!found || !matches) throw unauthorized("the username or the password is wrong");
    const refreshToken = await refreshTokens.issue(found.user.id);
    sendTokens(response, accessTokens, found.user, refreshToken);
  };
}
