import { createHash } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../components/pod.ts";
import type { OidcProviderSettings } from "../environment.ts";
import { derivedSecret } from "./secret-group.ts";

const FILE = "providers.json";
const PATH = "/run/secrets/oidc";

/**
 * @returns the providers as auth-service reads them, in a Secret since their clients' secrets are among them; nothing when
 *   there are none. The Secret's name follows from what it has, so that other providers are a rollout.
 */
export function oidcProviders(
  args: { namespace: pulumi.Input<string>; settings: readonly OidcProviderSettings[] },
  opts: pulumi.CustomResourceOptions,
): Link {
  const { namespace, settings } = args;
  if (settings.length === 0) return { env: {}, mounts: [] };
  const text = JSON.stringify(settings.map(toProvider));
  const version = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const values = { [FILE]: text };
  const secret = derivedSecret(`oidc-providers-${version}`, { namespace, values }, opts).metadata.name;
  return {
    env: { OIDC_PROVIDERS_FILE: `${PATH}/${FILE}` },
    mounts: [{ name: "oidc", secret, path: PATH, files: { [FILE]: FILE } }],
  };
}

/** Names as the service and the specification have them. */
function toProvider({ id, label, issuer, scopes, ...settings }: OidcProviderSettings) {
  return {
    ...{ id, label, issuer, scopes },
    client_id: settings.clientId,
    client_secret: settings.clientSecret,
    token_endpoint_auth_method: settings.clientAuthentication,
  };
}
