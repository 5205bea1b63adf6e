import { generateKeyPairSync } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import type { Link } from "../components/pod.ts";

/** @returns `keys.pem`: an Ed25519 key as PKCS 8. With it, services sign what they record in the audit log. */
export function createAuditKeys(): Record<string, string> {
  const { privateKey } = generateKeyPairSync("ed25519");
  return { "keys.pem": privateKey.export({ type: "pkcs8", format: "pem" }) as string };
}

export function auditKey(secret: pulumi.Input<string>): Link {
  const path = "/run/secrets/audit";
  return {
    env: { AUDIT_KEYS_FILE: `${path}/keys.pem` },
    mounts: [{ name: "audit", secret, path, files: { "keys.pem": "keys.pem" } }],
  };
}
