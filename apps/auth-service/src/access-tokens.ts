import { randomUUID } from "node:crypto";
import type { Role } from "@mobile-ai-agent/contracts";
import jwt from "jsonwebtoken";
import type { KeySet } from "./key-set.ts";

export interface AccessTokens {
  /** Seconds. */
  readonly ttl: number;
  /** @param signIn id of the sign-in (refresh family) that the token belongs to */
  sign(user: { id: string; roles: Role[] }, signIn: string): string;
}

/** Access tokens as RFC 9068 has them, signed with ES256. Times in seconds. */
export function createAccessTokens(options: {
  /** Those in force now. */
  keys: () => KeySet;
  issuer: string;
  audience: string;
  ttl: number;
}): AccessTokens {
  const { keys, issuer, audience, ttl } = options;
  return {
    ttl,
    sign({ id, roles }, signIn) {
      const { kid, privateKey } = keys().signing;
      return jwt.sign({ roles, sid: signIn }, privateKey, {
        algorithm: "ES256",
        header: { alg: "ES256", typ: "at+jwt" },
        keyid: kid,
        issuer,
        audience,
        subject: id,
        jwtid: randomUUID(),
        expiresIn: ttl,
      });
    },
  };
}
