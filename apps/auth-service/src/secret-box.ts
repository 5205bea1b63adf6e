import { hash, randomBytes } from "node:crypto";
import { decrypt, encrypt, IV_BYTES } from "@mobile-ai-agent/content-cipher/aes-gcm";

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
      const sealed = Buffer.concat([iv, ...encrypt(key, iv, Buffer.from(owner), text)]);
      return `${idOf(key)}.${sealed.toString("base64url")}`;
    },
    open(sealed, owner) {
      const [id = "", body = ""] = sealed.split(".");
      const key = known.get(id);
      if (!key) throw new Error(`a secret was sealed with key ${id}, which is not there`);
      const bytes = Buffer.from(body, "base64url");
      const iv = bytes.subarray(0, IV_BYTES);
      return decrypt(key, iv, Buffer.from(owner), bytes.subarray(IV_BYTES)).toString("utf8");
    },
  };
}

/** Tells keys apart, and nothing about them. */
function idOf(key: Buffer): string {
  return hash("sha256", Buffer.concat([Buffer.from("secret-box key id"), key]), "base64url").slice(0, 8);
}
