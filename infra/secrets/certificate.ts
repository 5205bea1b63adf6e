import * as pulumi from "@pulumi/pulumi";
import { type Cluster, siteOf } from "../clusters/cluster.ts";
import type { Config } from "../config.ts";
import { createIngressCertificate } from "./ingress-certificate.ts";
import { readKey, secretGroup } from "./secret-group.ts";
import type { ServerCertificate } from "./server-certificate.ts";

/** @returns the certificate of the kind that the configuration names. */
export async function createCertificate(args: {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly namespace: pulumi.Input<string>;
}): Promise<ServerCertificate> {
  const { config, cluster, namespace } = args;
  const { host, certificate: settings } = config;
  // The host is in the name: another host is another certificate.
  const name = `ingress-tls-${host}`;
  if (settings.kind === "acme") {
    const { AcmeCertificate } = await import("./acme-certificate.ts");
    const site = siteOf(cluster);
    const options = { providers: [cluster.provider, site.provider] };
    return new AcmeCertificate(name, { host, namespace, site, settings }, options);
  }
  const values = await createIngressCertificate(host);
  const secret = secretGroup(
    name,
    { namespace, values, type: "kubernetes.io/tls" },
    { provider: cluster.provider },
  );
  return { secret: secret.metadata.name, authority: pulumi.unsecret(readKey(secret, "ca.crt")) };
}
