import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/**
 * @param pem a certificate, a private key or a public key
 * @returns the base64 SHA-256 hash of its SubjectPublicKeyInfo: RFC 7469, 2.4
 * @throws Error when it is none of these
 */
export function pinOf(pem: string): string {
  const key = pem.includes("BEGIN CERTIFICATE") ? new X509Certificate(pem).publicKey : createPublicKey(pem);
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64");
}

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  if (!file) {
    console.error("usage: npm run -w mobile pin -- FILE   a PEM file with a certificate or a key");
    process.exitCode = 2;
  } else {
    // npm runs this in mobile/; the path is meant from where the person is.
    console.log(pinOf(readFileSync(resolve(process.env.INIT_CWD ?? ".", file), "utf8")));
  }
}
