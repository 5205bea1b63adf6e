import { user } from "@mobile-ai-agent/audit-log";
import { ListUsersQuery, type UserList } from "@mobile-ai-agent/contracts";
import { parseQuery, userOf } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import type { AuthContext } from "../context.ts";

/** GET /api/admin/users?username=&after=&limit= → UserList, by username. */
export function listUsers({ audit, users }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { username, after, limit } = parseQuery(ListUsersQuery, request);
    // One more than asked for tells whether there is another page.
    const found = await users.list({ prefix: username, after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const next_after = found.length > limit ? (page.at(-1)?.username ?? null) : null;
    audit.record({
      ...{ action: "users.read", actor: user(userOf(request).sub), outcome: "success" },
      details: { count: page.length, filtered: username !== undefined },
    });
    const body: UserList = { users: page, next_after };
    response.set("Cache-Control", "no-store").json(body);
  };
}
