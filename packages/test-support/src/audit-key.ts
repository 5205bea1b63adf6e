import { generateKeyPairSync } from "node:crypto";

/** A key that signs audit logs, PKCS #8 PEM. */
export function createAuditKey(): string {
  const { privateKey } = generateKeyPairSync("ed25519");
  return privateKey.export({ type: "pkcs8", format: "pem" }) as string;
}
