import { randomBytes, webcrypto } from "node:crypto";
import "reflect-metadata"; // @peculiar/x509 needs it first
import * as x509 from "@peculiar/x509";

const KEY = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const HOUR_MS = 3_600_000;
const TEN_YEARS_MS = 3650 * 24 * HOUR_MS;

/**
 * As the program makes the first two: signed by itself, so that the database that is given it lets in this client only.
 *
 * @returns the certificate, and its key as PKCS 8; both PEM
 */
export async function newClientCertificate(): Promise<{ certificate: string; privateKey: string }> {
  const keys = await webcrypto.subtle.generateKey(KEY, true, ["sign", "verify"]);
  const notBefore = new Date(Date.now() - HOUR_MS);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [`mobile-ai-agent services ${randomBytes(4).toString("hex")}`] }],
      keys,
      signingAlgorithm: KEY,
      notBefore,
      notAfter: new Date(notBefore.getTime() + TEN_YEARS_MS),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      ],
    },
    webcrypto as Crypto,
  );
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: `${certificate.toString("pem")}\n`,
    privateKey: `${x509.PemConverter.encode(key, "PRIVATE KEY")}\n`,
  };
}

/** @returns the certificates of a PEM text, which may have keys as well */
export function certificatesIn(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
}
