import { createHash, createPublicKey, type KeyObject, randomUUID } from "node:crypto";
import type { Role } from "@mobile-ai-agent/contracts";
import jwt from "jsonwebtoken";

export interface AccessTokens {
  /** Public keys as RFC 7517 has them. */
  readonly jwks: { keys: object[] };
  /** Seconds. */
  readonly ttl: number;
  sign(user: { id: string; roles: Role[] }): string;
}

/** Access tokens as RFC 9068 has them, signed with ES256; the key id is the RFC 7638 thumbprint of the key. */
export function createAccessTokens(options: {
  privateKey: KeyObject;
  issuer: string;
  audience: string;
  ttl: number;
}): AccessTokens {
  const { privateKey, issuer, audience, ttl } = options;
  const { kty, crv, x, y } = createPublicKey(privateKey).export({ format: "jwk" });
  const kid = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
  return {
    jwks: { keys: [{ kty, crv, x, y, kid, use: "sig", alg: "ES256" }] },
    ttl,
    sign: ({ id, roles }) =>
      jwt.sign({ roles }, privateKey, {
        algorithm: "ES256",
        header: { alg: "ES256", typ: "at+jwt" },
        keyid: kid,
        issuer,
        audience,
        subject: id,
        jwtid: randomUUID(),
        expiresIn: ttl,
      }),
  };
}
