import { createCipheriv, createDecipheriv, hash, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const TAG_BYTES = 16;

export interface SecretBox {
  /** @param owner who the text belongs to: it can't be opened as another's */
  seal(text: string, owner: string): string;
  /** @throws Error when it was sealed for another, with a key that is gone, or changed since */
  open(sealed: string, owner: string): string;
}

/**
 * Encrypts small texts with AES-256-GCM. A sealed text names its key, so that keys can be changed: put the new one in
 * front, and keep the old ones for what they have sealed.
 *
 * @param keys of 32 bytes; the first one seals
 */
export function createSecretBox(keys: readonly [Buffer, ...Buffer[]]): SecretBox {
  const known = new Map(keys.map((key) => [idOf(key), key]));
  return {
    seal(text, owner) {
      const [key] = keys;
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(Buffer.from(owner));
      const sealed = Buffer.concat([iv, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${idOf(key)}.${sealed.toString("base64url")}`;
    },
    open(sealed, owner) {
      const [id = "", body = ""] = sealed.split(".");
      const key = known.get(id);
      if (!key) throw new Error(`a secret was sealed with key ${id}, which is not there`);
      const bytes = Buffer.from(body, "base64url");
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAAD(Buffer.from(owner)).setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    },
  };
}

/** Tells keys apart, and nothing about them. */
function idOf(key: Buffer): string {
  return hash("sha256", Buffer.concat([Buffer.from("secret-box key id"), key]), "base64url").slice(0, 8);
}
