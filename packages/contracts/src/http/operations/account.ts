import { ChangePasswordRequest, User } from "../auth.ts";
import { ErasureAccepted, ErasureStatus, RequestErasureRequest } from "../erasure.ts";
import { Export } from "../export.ts";
import type { Operations } from "./operation.ts";

export const accountOperations: Operations = {
  getMe: {
    method: "get",
    path: "/api/users/me",
    summary: "Who the access token is for.",
    access: "user",
    success: { status: 200, schema: User },
  },
  exportMe: {
    method: "get",
    path: "/api/users/me/export",
    summary: "All that the platform keeps of the caller's own, as one document that comes as a stream.",
    access: "user",
    success: { status: 200, schema: Export },
  },
  requestErasure: {
    method: "post",
    path: "/api/users/me/erasure",
    summary: "Erase the caller: the account is closed at once, and nothing they said can be read again.",
    access: "user",
    body: RequestErasureRequest,
    success: { status: 201, schema: ErasureAccepted },
    problems: [403, 429],
  },
  getErasure: {
    method: "get",
    path: "/api/erasures/{erasureToken}",
    summary: "How far an erasure has come, and its certificate once it is complete.",
    access: "anyone",
    success: { status: 200, schema: ErasureStatus },
  },
  changePassword: {
    method: "post",
    path: "/api/users/me/password",
    summary: "Change the caller's password; their other sign-ins end.",
    access: "user",
    body: ChangePasswordRequest,
    success: { status: 204 },
    problems: [403, 429],
  },
};
