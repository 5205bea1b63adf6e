import type { TokenVerifier } from "@mobile-ai-agent/service-kit";
import type { AccessTokens } from "./access-tokens.ts";
import type { Passwords } from "./passwords.ts";
import type { RefreshTokens } from "./refresh-tokens.ts";
import type { Users } from "./users.ts";

/** What the routes work with. */
export interface AuthContext {
  readonly users: Users;
  readonly passwords: Passwords;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly verifier: TokenVerifier;
}
