import { RegisterRequest } from "@mobile-ai-agent/contracts";
import { HttpProblem, parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";

/** POST /api/auth/register → 201 User; 409 when the username or the email address is taken. */
export function register({ users, passwords }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { username, email, password } = parseBody(RegisterRequest, request);
    const user = await users.create({ username, email, passwordHash: await passwords.hash(password) });
    if (!user) {
      throw new HttpProblem(
        409,
        "Conflict",
        "the username or the email address is taken; choose another, or sign in",
      );
    }
    response.status(201).json(user);
  };
}
