import { ListUsersQuery, UserList } from "../auth.ts";
import type { Operations } from "./operation.ts";

export const adminOperations: Operations = {
  listUsers: {
    method: "get",
    path: "/api/admin/users",
    summary: "All users, by username, page by page; for administrators.",
    access: "user",
    query: ListUsersQuery,
    success: { status: 200, schema: UserList },
    problems: [403],
  },
};
