import { z } from "zod";
import { SecondFactorCode } from "./second-factor.ts";

/** Name of a provider in addresses, such as `google`. */
export const ProviderId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "lower-case letters, digits, dashes");

export const ProviderList = z.strictObject({
  providers: z.array(
    z.strictObject({ id: ProviderId, label: z.string().describe("what people know it by") }),
  ),
});
export type ProviderList = z.infer<typeof ProviderList>;

/** PKCE, RFC 7636, 4.2: SHA-256 of the verifier, base64url. */
const CodeChallenge = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "must be 43 characters of base64url");

export const StartOidcQuery = z.strictObject({
  client: z
    .enum(["web", "app"])
    .default("web")
    .describe("app: ends at the app's own address with a code, for exchangeOidcCode"),
  code_challenge: CodeChallenge.optional().describe("of the app (S256), which must give one"),
});

/** What a provider adds to the address that it sends a browser back to; it may add more. */
export const OidcCallbackQuery = z.looseObject({ state: z.string().min(1).max(512) });

export const ExchangeOidcCodeRequest = z.strictObject({
  code: z.string().min(1).max(128).optional().describe("without it, the page's cookie is taken"),
  code_verifier: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{43,128}$/, "43 to 128 letters, digits and -._~")
    .optional()
    .describe("of the app whose challenge the sign-in began with"),
  second_factor: SecondFactorCode.optional().describe(
    "once this has answered 401 with `second_factor` in its `errors`",
  ),
  refresh_token_in: z.enum(["body", "cookie"]).default("body"),
});

export const LinkIdentityRequest = z.strictObject({ password: z.string().min(1).max(256) });

export const LinkIdentityResponse = z.strictObject({
  url: z.url().describe("where this browser has to go, within ten minutes"),
});
export type LinkIdentityResponse = z.infer<typeof LinkIdentityResponse>;

export const IdentityId = z.string().regex(/^[A-Za-z0-9_-]{43}$/, "an id of listIdentities");

/** An account with a provider that signs in to an account here. */
export const Identity = z.strictObject({
  id: IdentityId,
  provider: ProviderId,
  label: z.string().describe("what people know the provider by"),
  email: z.string().nullable().describe("as the provider told it when it was linked"),
  created_at: z.iso.datetime(),
  last_used_at: z.iso.datetime().nullable(),
});
export type Identity = z.infer<typeof Identity>;

export const IdentityList = z.strictObject({ identities: z.array(Identity) });
export type IdentityList = z.infer<typeof IdentityList>;

/** Why a sign-in or a link with a provider came to nothing: `oidc_error` of the address that the browser ends at. */
export const OidcError = z.enum([
  "cancelled",
  "expired",
  "failed",
  "unavailable",
  "no_email",
  "email_taken",
  "identity_taken",
]);
export type OidcError = z.infer<typeof OidcError>;
