import { createPublicKey, verify } from "node:crypto";
import { ErasureStatement } from "@mobile-ai-agent/contracts";

/** As anybody can, with what the platform publishes. @throws Error for what is no certificate of it */
export function readCertificate(
  certificate: string,
  jwks: { keys: readonly { kid: string }[] },
): ErasureStatement {
  const [head = "", payload = "", signature = ""] = certificate.split(".");
  const { alg, typ, kid } = JSON.parse(Buffer.from(head, "base64url").toString());
  if (alg !== "ES256" || typ !== "erasure-certificate+jwt") throw new Error("it is no certificate");
  const jwk = jwks.keys.find((key) => key.kid === kid);
  if (jwk === undefined) throw new Error("no published key has signed it");
  const key = {
    key: createPublicKey({ key: jwk as object, format: "jwk" }),
    dsaEncoding: "ieee-p1363",
  } as const;
  if (!verify("sha256", Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, "base64url"))) {
    throw new Error("its signature is not good");
  }
  return ErasureStatement.parse(JSON.parse(Buffer.from(payload, "base64url").toString()).erasure);
}
