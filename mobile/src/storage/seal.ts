import { gcm } from "@noble/ciphers/aes.js";

const VERSION = 1;
const NONCE_BYTES = 12;

/**
 * AES-256-GCM: version, nonce, ciphertext with tag. The name is authenticated, so a file moved under another is refused.
 * @param nonce 12 bytes that were never used with this key
 */
export function seal(key: Uint8Array, name: string, plain: Uint8Array, nonce: Uint8Array): Uint8Array {
  if (nonce.length !== NONCE_BYTES) throw new Error(`a nonce has ${NONCE_BYTES} bytes`);
  const sealed = gcm(key, nonce, new TextEncoder().encode(name)).encrypt(plain);
  const out = new Uint8Array(1 + NONCE_BYTES + sealed.length);
  out[0] = VERSION;
  out.set(nonce, 1);
  out.set(sealed, 1 + NONCE_BYTES);
  return out;
}

/** @throws Error when it was not sealed with this key under this name */
export function open(key: Uint8Array, name: string, sealed: Uint8Array): Uint8Array {
  if (sealed[0] !== VERSION) throw new Error("sealed by another version of the app");
  const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
  return gcm(key, nonce, new TextEncoder().encode(name)).decrypt(sealed.subarray(1 + NONCE_BYTES));
}
