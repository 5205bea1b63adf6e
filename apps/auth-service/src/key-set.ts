import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";

/** Keys that sign access tokens. All are published; the first one signs. */
export interface KeySet {
  readonly signing: { readonly kid: string; readonly privateKey: KeyObject };
  /** Public keys as RFC 7517 has them. */
  readonly jwks: { readonly keys: readonly PublicJwk[] };
}

interface PublicJwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly use: "sig";
  readonly alg: "ES256";
}

const PRIVATE_KEY = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/g;

/**
 * Reads PEM keys, one after the other: the current one, the next one, and those that signed tokens still in use.
 *
 * @returns undefined unless there is at least one key, and all are P-256 private keys in PKCS #8
 */
export function readKeySet(pems: string): KeySet | undefined {
  const blocks = pems.match(PRIVATE_KEY) ?? [];
  if (pems.replace(PRIVATE_KEY, "").trim() !== "") return undefined;
  try {
    const keys = blocks.map((pem) => createPrivateKey(pem));
    const [first] = keys;
    if (!first || keys.some((key) => key.asymmetricKeyDetails?.namedCurve !== "prime256v1")) return undefined;
    const jwks = keys.map(toPublicJwk);
    return { signing: { kid: jwks[0]?.kid as string, privateKey: first }, jwks: { keys: jwks } };
  } catch {
    // The parser's own message could quote the key.
    return undefined;
  }
}

/** The key id is the RFC 7638 thumbprint of the key. */
function toPublicJwk(privateKey: KeyObject): PublicJwk {
  const { x, y } = createPublicKey(privateKey).export({ format: "jwk" }) as { x: string; y: string };
  const required = { crv: "P-256", kty: "EC", x, y } as const;
  const kid = createHash("sha256").update(JSON.stringify(required)).digest("base64url");
  return { ...required, kid, use: "sig", alg: "ES256" };
}
