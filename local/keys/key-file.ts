import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";

const PEM = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----\n?/g;

/**
 * The next key becomes the one that signs, a new one is next, and the one that signed stays published for the tokens
 * that it has signed.
 *
 * @param file PEM keys as auth-service reads them: the current one, the next one, and one that signed before
 */
export function rotated(file: string): string {
  const [current = newKey(), next = newKey()] = file.match(PEM) ?? [];
  return next + newKey() + current;
}

/** New keys alone: what the old ones have signed is not valid any longer. */
export function replaced(): string {
  return newKey() + newKey();
}

/** @returns the key ids, RFC 7638 thumbprints, in the order of the file */
export function keyIds(file: string): string[] {
  return (file.match(PEM) ?? []).map((pem) => {
    const { crv, kty, x, y } = createPublicKey(createPrivateKey(pem)).export({ format: "jwk" });
    return createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  });
}

function newKey(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
    type: "pkcs8",
    format: "pem",
  }) as string;
}
