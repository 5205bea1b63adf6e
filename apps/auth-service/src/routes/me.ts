import { userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";
import { unauthorized } from "../unauthorized.ts";

/** GET /api/users/me → User */
export function me({ users }: AuthContext): RequestHandler {
  return async (request, response) => {
    const user = await users.findById(userOf(request).sub);
    if (!user) throw unauthorized("the user of this access token is gone; sign in again");
    response.set("Cache-Control", "no-store").json(user);
  };
}
