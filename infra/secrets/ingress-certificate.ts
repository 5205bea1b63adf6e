import { createAuthority } from "./certificates.ts";

/**
 * A certificate for the platform's host from an authority of the stack's own, which clients are told to trust.
 *
 * @returns `tls.crt`, `tls.key` and `ca.crt`
 */
export async function createIngressCertificate(host: string): Promise<Record<string, string>> {
  const authority = await createAuthority("mobile-ai-agent local authority");
  const loopback = host === "localhost";
  const { certificate, privateKey } = await authority.issue({
    commonName: host,
    usage: "server",
    dnsNames: [host],
    ipAddresses: loopback ? ["127.0.0.1", "::1"] : [],
  });
  return { "tls.crt": certificate, "tls.key": privateKey, "ca.crt": authority.certificate };
}
