import { RegisterRequest } from "@mobile-ai-agent/contracts";
import { HttpProblem, parseBody } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { recordOwn } from "../audited.ts";
import type { AuthContext } from "../context.ts";
import { faultIn } from "../field-fault.ts";

/** POST /api/auth/register → 201 User; 409, in the same time, when the username or the email address is taken. */
export function register({ audit, users, passwords, passwordPolicy }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { username, email, password } = parseBody(RegisterRequest, request);
    const fault = passwordPolicy.faultOf(password, { username, email });
    if (fault !== undefined) throw faultIn("password", fault);
    const user = await users.create({ username, email, passwordHash: await passwords.hash(password) });
    if (!user) {
      throw new HttpProblem(
        409,
        "Conflict",
        "the username or the email address is taken; choose another, or sign in",
      );
    }
    recordOwn(audit, "user.registered", user.id);
    response.status(201).json(user);
  };
}
