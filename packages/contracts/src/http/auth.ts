import { z } from "zod";
import { SecondFactorCode } from "./second-factor.ts";

/** 3 to 50 letters, digits or underscores. */
export const Username = z.string().regex(/^[A-Za-z0-9_]{3,50}$/, "3 to 50 letters, digits or underscores");

/**
 * Length first, no composition rules: 15 characters where a password alone lets in (NIST SP 800-63B-4, 3.1.1.2). Common
 * ones are refused besides.
 */
export const Password = z.string().min(15).max(256);

export const RegisterRequest = z.strictObject({
  username: Username,
  email: z.email().max(254),
  password: Password,
});
export type RegisterRequest = z.infer<typeof RegisterRequest>;

export const LoginRequest = z.strictObject({
  username: z.string().min(1).max(254).describe("username or email address"),
  password: z.string().min(1).max(256),
  code: SecondFactorCode.optional().describe("once login has answered 401 with `code` in its `errors`"),
  refresh_token_in: z
    .enum(["body", "cookie"])
    .default("body")
    .describe("cookie: for web pages, where scripts can read what a page keeps; then it is not in the body"),
});
export type LoginRequest = z.infer<typeof LoginRequest>;

/** Of refresh and logout alike. The cookie is `__Secure-refresh_token`, for pages of the platform's own origin. */
export const RefreshRequest = z.strictObject({
  refresh_token: z.string().min(1).max(512).optional().describe("without it, the cookie's is taken"),
});
export type RefreshRequest = z.infer<typeof RefreshRequest>;

/** OAuth 2.0 token response, RFC 6749, 5.1; `expires_in` in seconds. */
export const TokenResponse = z.strictObject({
  access_token: z.string(),
  refresh_token: z.string().optional().describe("absent when it is in the cookie"),
  token_type: z.literal("Bearer"),
  expires_in: z.int().positive(),
});
export type TokenResponse = z.infer<typeof TokenResponse>;

export const Role = z.enum(["user", "admin"]);
export type Role = z.infer<typeof Role>;

export const User = z.strictObject({
  id: z.uuid(),
  username: Username,
  email: z.email(),
  roles: z.array(Role),
  created_at: z.iso.datetime(),
});
export type User = z.infer<typeof User>;

export const ChangePasswordRequest = z.strictObject({
  old_password: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe("absent for an account without one, which has signed in within the last ten minutes"),
  new_password: Password,
});
export type ChangePasswordRequest = z.infer<typeof ChangePasswordRequest>;

export const ListUsersQuery = z.strictObject({
  username: z
    .string()
    .regex(/^\w{1,50}$/, "letters, digits or underscores")
    .optional()
    .describe("how the usernames begin, in any case of letters"),
  after: Username.optional().describe("the last username of the page before"),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const UserList = z.strictObject({
  users: z.array(User),
  next_after: Username.nullable().describe("pass as `after` for the next page; null at the end"),
});
export type UserList = z.infer<typeof UserList>;

/** Claims of an access token: RFC 9068. Times are seconds since the epoch. */
export const AccessTokenClaims = z.object({
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  sub: z.uuid(),
  jti: z.string(),
  sid: z.uuid().describe("the sign-in that it belongs to, which can be ended"),
  iat: z.int(),
  exp: z.int(),
  roles: z.array(Role),
});
export type AccessTokenClaims = z.infer<typeof AccessTokenClaims>;
