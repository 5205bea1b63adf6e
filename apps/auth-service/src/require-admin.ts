import { HttpProblem, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "./context.ts";
import { requireSignIn } from "./require-sign-in.ts";

/** Lets through administrators, as the database has it at this moment: a role may be newer than a token. */
export function requireAdmin(context: AuthContext): RequestHandler[] {
  return [
    ...requireSignIn(context),
    async (request, _response, next) => {
      const user = await context.users.findById(userOf(request).sub);
      if (!user?.roles.includes("admin"))
        throw new HttpProblem(403, "Forbidden", "this is for administrators");
      next();
    },
  ];
}
