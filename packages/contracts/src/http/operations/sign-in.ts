import { LoginRequest, RefreshRequest, RegisterRequest, TokenResponse, User } from "../auth.ts";
import type { Operations } from "./operation.ts";

export const signInOperations: Operations = {
  register: {
    method: "post",
    path: "/api/auth/register",
    summary: "Make an account.",
    access: "anyone",
    body: RegisterRequest,
    success: { status: 201, schema: User },
    problems: [409],
  },
  login: {
    method: "post",
    path: "/api/auth/login",
    summary: "Sign in with username or email address, and password.",
    access: "anyone",
    body: LoginRequest,
    success: { status: 200, schema: TokenResponse },
    problems: [401, 403, 429],
  },
  refresh: {
    method: "post",
    path: "/api/auth/refresh",
    summary: "Change a refresh token for new tokens; a token used twice ends its sign-in.",
    access: "anyone",
    body: RefreshRequest,
    success: { status: 200, schema: TokenResponse },
    problems: [401, 403],
  },
  logout: {
    method: "post",
    path: "/api/auth/logout",
    summary: "End the sign-in that a refresh token belongs to.",
    access: "anyone",
    body: RefreshRequest,
    success: { status: 204 },
    problems: [401, 403],
  },
  logoutAll: {
    method: "post",
    path: "/api/auth/logout-all",
    summary: "End every sign-in of the caller, on all devices.",
    access: "user",
    success: { status: 204 },
  },
};
