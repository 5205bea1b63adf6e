import { ProviderId } from "@mobile-ai-agent/contracts";
import { z } from "zod";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

const issuer = z
  .url({ protocol: /^https?$/, error: "must be an https address" })
  .refine((text) => {
    const url = URL.parse(text);
    return url?.protocol === "https:" || LOOPBACK.includes(url?.hostname ?? "");
  }, "must be an https address")
  .refine((text) => !/[?#]/.test(text), "must have neither query nor fragment");

const Provider = z.strictObject({
  id: ProviderId,
  label: z.string().trim().min(1).max(40),
  issuer: issuer.describe("as its discovery document names it: OpenID Connect Discovery 1.0, 3"),
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional(),
  token_endpoint_auth_method: z
    .enum(["client_secret_basic", "client_secret_post"])
    .default("client_secret_basic")
    .describe("how the secret is shown: OpenID Connect Core 1.0, 9"),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "must be scopes"))
    .default(["openid", "email", "profile"])
    .refine((scopes) => scopes.includes("openid"), "must have openid among them"),
});
export type ProviderSettings = z.infer<typeof Provider>;

const Providers = z
  .array(Provider)
  .refine(
    (providers) => new Set(providers.map(({ id }) => id)).size === providers.length,
    "must have ids that differ",
  );

/** A JSON list of providers. Faults name the place in it, and never a value. */
export const providerList = z
  .string()
  .default("[]")
  .transform((text, context) => {
    const { data, error } = Providers.safeParse(parse(text));
    if (data) return data;
    const faults = error.issues.map(({ path, message }) => `${path.join(".") || "the list"}: ${message}`);
    context.addIssue({ code: "custom", message: `is no list of providers: ${faults.join("; ")}` });
    return z.NEVER;
  });

/** The parser's own message would quote the text, secrets and all. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
