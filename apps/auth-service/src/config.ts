import { auditConfig } from "@mobile-ai-agent/audit-log";
import { erasureConfig } from "@mobile-ai-agent/erasure";
import { baseConfig, mongoConfig, redisConfig, tokenConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";
import { readKeySet } from "./key-set.ts";
import { providerList } from "./oidc/provider-settings.ts";

const keySet = z.string().transform((pems, context) => {
  const keys = readKeySet(pems);
  if (keys) return keys;
  context.addIssue({ code: "custom", message: "must be P-256 private keys in PKCS #8 PEM" });
  return z.NEVER;
});

const KEY_BYTES = 32;

/** One a line; the first one is in use, the others open what they have sealed. */
const encryptionKeys = z
  .string()
  .transform((lines) =>
    lines
      .trim()
      .split(/\s+/)
      .map((line) => Buffer.from(line, "base64")),
  )
  .refine(
    (keys) => keys.every(({ length }) => length === KEY_BYTES),
    "must be 32 bytes in base64, one key a line",
  )
  .transform((keys) => keys as [Buffer, ...Buffer[]]);

const seconds = (fallback: number) =>
  z.coerce.number("must be whole seconds").int().positive().default(fallback);

export const authConfig = z.object({
  ...baseConfig.shape,
  ...mongoConfig.shape,
  ...redisConfig.shape,
  ...auditConfig.shape,
  ...erasureConfig.shape,
  // This service has the keys, so it needs no JWKS_URL.
  ...tokenConfig.omit({ JWKS_URL: true }).shape,
  JWT_PRIVATE_KEYS: keySet.describe(
    "the key that signs, then the next one and those that signed before; given as a file, it is read again when it changes",
  ),
  JWT_PRIVATE_KEYS_FILE: z.string().optional().describe("that file, to follow its changes"),
  ACCESS_TTL: seconds(30 * 60).describe("seconds that an access token is valid"),
  REFRESH_TTL: seconds(7 * 24 * 3600).describe("seconds that a refresh token is valid"),
  SECOND_FACTOR_KEYS: encryptionKeys.describe("what encrypts the secrets of authenticators in the database"),
  JWT_ISSUER: z.url({ protocol: /^https?$/, error: "must be the platform's https address" }),
  PASSKEY_ORIGINS: z
    .string()
    .default("")
    .transform((list) => list.split(",").map((origin) => origin.trim()))
    .transform((origins) => origins.filter((origin) => origin !== ""))
    .describe(
      "comma-separated origins where passkeys may be used besides the platform's, as android:apk-key-hash:…",
    ),
  OIDC_PROVIDERS: providerList.describe(
    "JSON list of the providers that people can sign in with; as a file, since it has their secrets",
  ),
  OIDC_APP_URL: z
    .string()
    .regex(/^[a-z][a-z0-9+.-]*:\/\/[\w./-]*$/, "must be an address without a query")
    .default("mobile-ai-agent://signed-in")
    .describe("where a sign-in with a provider ends that the app began: its own scheme"),
  PASSWORD_CLASSES: z
    .stringbool("must be true or false")
    .default(false)
    .describe("whether a password must have upper and lower case, a digit and a symbol"),
  TRUSTED_PROXY_COUNT: z.coerce
    .number("must be a whole number")
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe("proxies in front whose entries of X-Forwarded-For are believed, counted from the right"),
  REFRESH_RETRY_WINDOW: seconds(10).describe(
    "seconds in which a refresh whose answer was lost can be repeated",
  ),
});
export type AuthConfig = z.infer<typeof authConfig>;
