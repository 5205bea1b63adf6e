import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  hkdfSync,
  type KeyObject,
  sign as signWith,
  verify as verifyWith,
} from "node:crypto";
import { promisify } from "node:util";
import { z } from "zod";

const signInPool = promisify(
  (data: Buffer, key: KeyObject, done: (error: Error | null, signature: Buffer) => void) =>
    signWith(null, data, key, done),
);

/** What signs the entries, and the public keys that check them. */
export interface AuditKeys {
  /** SHA-256 of the signing key's public half (SPKI), in hex. */
  readonly id: string;
  /** PEM of every public key, the signing one's and those of former ones. */
  readonly published: readonly string[];
  /** @returns an Ed25519 signature in hex, made off the event loop's thread */
  sign(hash: string): Promise<string>;
  /** A stable name for what must not be stored itself: HMAC-SHA-256, cut to 16 hex digits. */
  pseudonymOf(text: string): string;
}

/** Checks signatures by the ids of keys. */
export interface AuditVerifier {
  readonly ids: readonly string[];
  /** @returns what is wrong, or undefined */
  faultOf(item: {
    readonly key: string;
    readonly hash: string;
    readonly signature: string;
  }): string | undefined;
}

const PEM = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/g;

/** @param pems Ed25519 keys in PKCS #8 PEM: the one that signs, then former ones. @throws when they are none */
export function readAuditKeys(pems: string): AuditKeys {
  const keys = (pems.match(PEM) ?? []).map((pem) => createPrivateKey(pem));
  const [signing] = keys;
  if (!signing || keys.some(({ asymmetricKeyType }) => asymmetricKeyType !== "ed25519")) {
    throw new Error("must be Ed25519 private keys in PKCS #8 PEM");
  }
  const secret = signing.export({ type: "pkcs8", format: "der" });
  const pseudonyms = Buffer.from(hkdfSync("sha256", secret, "", "mobile-ai-agent/audit/pseudonyms", 32));
  return {
    id: keyId(createPublicKey(signing)),
    published: keys.map((key) => createPublicKey(key).export({ type: "spki", format: "pem" }) as string),
    sign: async (hash) => (await signInPool(Buffer.from(hash, "hex"), signing)).toString("hex"),
    pseudonymOf: (text) => createHmac("sha256", pseudonyms).update(text).digest("hex").slice(0, 16),
  };
}

/** @param pems public keys (SPKI PEM). @param trusted ids of those that count; all of them when absent */
export function createAuditVerifier(pems: readonly string[], trusted?: readonly string[]): AuditVerifier {
  const keys = new Map(pems.map((pem) => createPublicKey(pem)).map((key) => [keyId(key), key]));
  const ids = [...keys.keys()].filter((id) => trusted?.includes(id) ?? true);
  return {
    ids,
    faultOf({ key: id, hash, signature }) {
      const key = ids.includes(id) ? keys.get(id) : undefined;
      if (!key) return `is signed with the key ${id.slice(0, 16)}…, which is not trusted`;
      const good = verifyWith(null, Buffer.from(hash, "hex"), key, Buffer.from(signature, "hex"));
      return good ? undefined : "its signature is wrong";
    },
  };
}

function keyId(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

const auditKeys = z.string().transform((pems, context) => {
  try {
    return readAuditKeys(pems);
  } catch {
    context.addIssue({ code: "custom", message: "must be Ed25519 private keys in PKCS #8 PEM" });
    return z.NEVER;
  }
});

/** What a service takes that records events. */
export const auditConfig = z.object({
  AUDIT_KEYS: auditKeys.describe("what signs the audit log, then former keys, which still check it"),
});
