import { createPrivateKey } from "node:crypto";
import { baseConfig, mongoConfig, tokenConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const P256_PRIVATE_KEY = "must be a P-256 private key in PKCS #8 PEM";

const privateKey = z.string().transform((pem, context) => {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  } catch {
    // The parser's own message could quote the key.
  }
  context.addIssue({ code: "custom", message: P256_PRIVATE_KEY });
  return z.NEVER;
});

const seconds = (fallback: number) =>
  z.coerce.number("must be whole seconds").int().positive().default(fallback);

export const authConfig = z.object({
  ...baseConfig.shape,
  ...mongoConfig.shape,
  // This service has the keys, so it needs no JWKS_URL.
  ...tokenConfig.omit({ JWKS_URL: true }).shape,
  JWT_PRIVATE_KEY: privateKey,
  ACCESS_TTL: seconds(30 * 60).describe("seconds that an access token is valid"),
  REFRESH_TTL: seconds(7 * 24 * 3600).describe("seconds that a refresh token is valid"),
  REFRESH_RETRY_WINDOW: seconds(10).describe(
    "seconds in which a refresh whose answer was lost can be repeated",
  ),
});
export type AuthConfig = z.infer<typeof authConfig>;
