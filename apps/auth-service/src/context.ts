import type { AuditLog } from "@mobile-ai-agent/audit-log";
import type { TokenVerifier } from "@mobile-ai-agent/service-kit";
import type { AccessTokens } from "./access-tokens.ts";
import type { AccountErasure } from "./erasure/account-erasure.ts";
import type { ErasureCertificates } from "./erasure/certificates.ts";
import type { KeySet } from "./key-set.ts";
import type { LoginDelay } from "./login-delay.ts";
import type { Oidc } from "./oidc/oidc.ts";
import type { Passkeys } from "./passkeys.ts";
import type { PasswordPolicy } from "./password-policy.ts";
import type { Passwords } from "./passwords.ts";
import type { RefreshTokens } from "./refresh-tokens.ts";
import type { SecondFactors } from "./second-factors.ts";
import type { Users } from "./users.ts";

/** What the routes work with. */
export interface AuthContext {
  /** Where what matters to security is put on record. */
  readonly audit: AuditLog;
  readonly users: Users;
  readonly passwords: Passwords;
  readonly passwordPolicy: PasswordPolicy;
  readonly loginDelay: LoginDelay;
  readonly secondFactors: SecondFactors;
  readonly passkeys: Passkeys;
  readonly oidc: Oidc;
  readonly erasure: AccountErasure;
  readonly certificates: ErasureCertificates;
  /** Those in force now. */
  readonly keys: () => KeySet;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly verifier: TokenVerifier;
}
