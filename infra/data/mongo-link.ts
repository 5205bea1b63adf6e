import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../components/pod.ts";

/** The Secret's keys besides `uri`, and the variable that names each one's file to the services. */
const OPTIONAL = {
  "ca.crt": "MONGODB_TLS_CA_FILE",
  "client.pem": "MONGODB_TLS_CERTIFICATE_KEY_FILE",
} as const;

/**
 * @param secret name of the Secret with `uri`
 * @param keys what else it has: the authority of the server's certificate, the client's own certificate
 */
export function mongoLink(secret: pulumi.Input<string>, keys: readonly (keyof typeof OPTIONAL)[]): Link {
  const path = "/run/secrets/mongodb";
  return {
    env: {
      MONGODB_URI_FILE: `${path}/uri`,
      ...Object.fromEntries(keys.map((key) => [OPTIONAL[key], `${path}/${key}`])),
    },
    mounts: [
      { name: "mongodb", secret, path, files: Object.fromEntries(["uri", ...keys].map((key) => [key, key])) },
    ],
  };
}
