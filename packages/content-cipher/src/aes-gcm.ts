import { createCipheriv, createDecipheriv } from "node:crypto";
import { ContentFault } from "./content-fault.ts";

const ALGORITHM = "aes-256-gcm";
export const KEY_BYTES = 32;
export const IV_BYTES = 12;
export const TAG_BYTES = 16;

/** What a text is bound to, so that it can't be taken for another: unambiguous, whatever the parts are. */
export function contextOf(...parts: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(["mobile-ai-agent/content/1", ...parts]));
}

/** @returns the ciphertext and its tag. @param iv must never come twice with one key (NIST SP 800-38D, 8) */
export function encrypt(key: Buffer, iv: Buffer, context: Buffer, plain: Uint8Array | string): Buffer[] {
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(context);
  const body = typeof plain === "string" ? cipher.update(plain, "utf8") : cipher.update(plain);
  return [body, cipher.final(), cipher.getAuthTag()];
}

/** @throws ContentFault `content_changed` when a bit, the key or the context is another */
export function decrypt(key: Buffer, iv: Buffer, context: Buffer, sealed: Buffer): Buffer {
  try {
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(context).setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = decipher.update(sealed.subarray(0, -TAG_BYTES));
    decipher.final();
    return plain;
  } catch (cause) {
    throw new ContentFault(
      "content_changed",
      "a sealed content does not open: it was changed, or put in another's place",
      { cause },
    );
  }
}
