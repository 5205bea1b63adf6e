import type { ErasureStatement } from "@mobile-ai-agent/contracts";
import jwt from "jsonwebtoken";
import type { KeySet } from "../key-set.ts";

/** Of its own, so that nobody takes a certificate for a token (RFC 8725, 3.11). */
const TYPE = "erasure-certificate+jwt";

export interface ErasureCertificates {
  sign(statement: ErasureStatement): string;
}

/**
 * Certificates of erasures: JWS with ES256. One is signed anew whenever it is asked for, by the key that signs then: keys
 * rotate and are replaced when they leak, and what is published always verifies the certificate as it is given out.
 */
export function createErasureCertificates(options: {
  keys: () => KeySet;
  issuer: string;
}): ErasureCertificates {
  const { keys, issuer } = options;
  return {
    sign(erasure) {
      const { kid, privateKey } = keys().signing;
      return jwt.sign({ erasure }, privateKey, {
        algorithm: "ES256",
        header: { alg: "ES256", typ: TYPE },
        keyid: kid,
        issuer,
        subject: erasure.subject,
      });
    },
  };
}
