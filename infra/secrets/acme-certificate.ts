import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import * as pulumi from "@pulumi/pulumi";
import { createPodRole } from "../aws/roles.ts";
import type { AwsSite } from "../aws/site.ts";
import type { AcmeSettings } from "../environment.ts";
import type { ServerCertificate } from "./server-certificate.ts";

const API_VERSION = "cert-manager.io/v1";
const ISSUER = "letsencrypt-prod";
const DIRECTORY = "https://acme-v02.api.letsencrypt.org/directory";
/** Of cert-manager's own deployment. */
const CERT_MANAGER = { namespace: "cert-manager", serviceAccount: "cert-manager" };

export interface AcmeCertificateArgs {
  readonly host: string;
  readonly namespace: pulumi.Input<string>;
  readonly site: AwsSite;
  readonly settings: AcmeSettings;
}

/**
 * A certificate of Let's Encrypt, which cert-manager renews. It proves the name by a record in the DNS, so that nothing
 * has to answer over plain HTTP, and it works before the address does.
 * https://cert-manager.io/docs/configuration/acme/dns01/route53/
 */
export class AcmeCertificate extends pulumi.ComponentResource implements ServerCertificate {
  readonly secret: pulumi.Output<string>;

  constructor(name: string, args: AcmeCertificateArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:secrets:AcmeCertificate", name, {}, opts);
    const parent = { parent: this };
    const { host, namespace, site, settings } = args;
    const association = admitToZone(site, settings.hostedZoneId, parent);
    const issuer = new CustomResource(
      ISSUER,
      {
        apiVersion: API_VERSION,
        kind: "ClusterIssuer",
        metadata: { name: ISSUER },
        spec: {
          acme: {
            server: DIRECTORY,
            email: settings.email,
            privateKeySecretRef: { name: `${ISSUER}-account` },
            solvers: [{ dns01: { route53: { region: site.region, hostedZoneID: settings.hostedZoneId } } }],
          },
        },
      },
      { ...parent, dependsOn: [association] },
    );
    const certificate = new CustomResource(
      name,
      {
        apiVersion: API_VERSION,
        kind: "Certificate",
        metadata: { name, namespace },
        spec: {
          secretName: name,
          dnsNames: [host],
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: ISSUER },
          privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
          usages: ["digital signature", "server auth"],
        },
      },
      { ...parent, dependsOn: [issuer] },
    );
    this.secret = certificate.metadata.apply(() => name);
    this.registerOutputs();
  }
}

/** Lets cert-manager write the records of challenges in one zone, and nothing else. */
function admitToZone(
  site: AwsSite,
  zone: string,
  parent: pulumi.CustomResourceOptions,
): PodIdentityAssociation {
  const roleArn = createPodRole(
    "cert-manager",
    {
      accountId: site.accountId,
      statements: [
        { Effect: "Allow", Action: ["route53:GetChange"], Resource: "arn:aws:route53:::change/*" },
        {
          Effect: "Allow",
          Action: ["route53:ListResourceRecordSets"],
          Resource: `arn:aws:route53:::hostedzone/${zone}`,
        },
        {
          Effect: "Allow",
          Action: ["route53:ChangeResourceRecordSets"],
          Resource: `arn:aws:route53:::hostedzone/${zone}`,
          Condition: {
            "ForAllValues:StringEquals": { "route53:ChangeResourceRecordSetsRecordTypes": ["TXT"] },
          },
        },
      ],
    },
    parent,
  );
  return new PodIdentityAssociation(
    "cert-manager",
    { ...CERT_MANAGER, clusterName: site.clusterName, roleArn },
    parent,
  );
}
