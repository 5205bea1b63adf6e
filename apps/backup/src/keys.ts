import { hkdfSync } from "node:crypto";

export interface BackupKeys {
  /** 16 hex digits that tell keys apart and say nothing about them. */
  readonly id: string;
  /** AES-256-GCM of the files. */
  readonly files: Buffer;
  /** HMAC-SHA256 of the manifest. */
  readonly manifest: Buffer;
}

/** One key for each purpose from the platform's key, which others use too (HKDF, RFC 5869). */
export function deriveKeys(master: Buffer): BackupKeys {
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", master, "", `mobile-ai-agent/backup/${purpose}`, bytes));
  return {
    id: derive("id", 8).toString("hex"),
    files: derive("files", 32),
    manifest: derive("manifest", 32),
  };
}
