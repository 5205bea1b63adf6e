import { hkdfSync, randomBytes } from "node:crypto";
import { contextOf, decrypt, encrypt, IV_BYTES, KEY_BYTES } from "./aes-gcm.ts";
import { ContentFault } from "./content-fault.ts";
import type { KeyRing } from "./key-ring.ts";

const VERSION = "1";
const SALT_BYTES = 16;

/** Seals texts on their way through Redis, without asking anyone, in microseconds. */
export interface TransitCipher {
  /** @param place what the text is bound to, such as the key and the id of its entry */
  seal(place: readonly string[], text: string): string;
  /** @throws ContentFault `content_changed`, `key_missing` */
  open(place: readonly string[], sealed: string): string;
}

/**
 * Every text has a key and a nonce of its own, derived from the first key of the ring and a random salt (HKDF, RFC 5869):
 * so there is no number of texts after which nonces could come twice.
 */
export function createTransitCipher(ring: KeyRing): TransitCipher {
  return {
    seal(place, text) {
      const { id, key } = ring.sealing();
      const salt = randomBytes(SALT_BYTES);
      const context = contextOf("transit", ...place);
      const derived = derive(key, salt);
      const sealed = Buffer.concat([salt, ...encrypt(derived.key, derived.iv, context, text)]);
      return `${VERSION}.${id}.${sealed.toString("base64url")}`;
    },

    open(place, sealed) {
      const [version, id = "", body = ""] = sealed.split(".");
      if (version !== VERSION) {
        throw new ContentFault("content_changed", "a text in Redis is not sealed in a form that is known");
      }
      const key = ring.find(id)?.key;
      if (key === undefined) {
        throw new ContentFault(
          "key_missing",
          `a text in Redis was sealed with the key ${id}, but TRANSIT_KEYS has ${ring.ids().join(", ")}: add that ` +
            "key's line to `transit-keys` in the Secret content-keys (docs/runbooks/content-keys.md)",
        );
      }
      const bytes = Buffer.from(body, "base64url");
      const derived = derive(key, bytes.subarray(0, SALT_BYTES));
      const context = contextOf("transit", ...place);
      return decrypt(derived.key, derived.iv, context, bytes.subarray(SALT_BYTES)).toString("utf8");
    },
  };
}

function derive(key: Buffer, salt: Buffer): { key: Buffer; iv: Buffer } {
  const bytes = Buffer.from(hkdfSync("sha256", key, salt, "mobile-ai-agent/transit/1", KEY_BYTES + IV_BYTES));
  return { key: bytes.subarray(0, KEY_BYTES), iv: bytes.subarray(KEY_BYTES) };
}
