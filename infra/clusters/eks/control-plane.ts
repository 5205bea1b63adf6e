import { AccessEntry } from "@pulumi/aws/eks/accessEntry.js";
import { AccessPolicyAssociation } from "@pulumi/aws/eks/accessPolicyAssociation.js";
import { Cluster } from "@pulumi/aws/eks/cluster.js";
import type * as pulumi from "@pulumi/pulumi";
import { createKey } from "../../aws/encryption-key.ts";
import { createLogGroup } from "../../aws/log-group.ts";
import type { Network } from "../../aws/network.ts";
import { createRole } from "../../aws/roles.ts";
import type { AwsSettings, EksSettings } from "../../environment.ts";

/** Addresses of Services; of no network that is routed. */
export const SERVICE_RANGE = "172.20.0.0/16";
const LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

export interface ControlPlaneArgs {
  readonly aws: AwsSettings;
  readonly eks: EksSettings;
  readonly network: Network;
  readonly logKey: pulumi.Input<string>;
}

/** The Kubernetes API: reached from the network, and from outside by the ranges that are named only. */
export function createControlPlane(
  name: string,
  args: ControlPlaneArgs,
  opts: pulumi.CustomResourceOptions,
): Cluster {
  const { aws, eks, network, logKey } = args;
  const key = createKey("kubernetes", { accountId: aws.accountId, description: "Kubernetes Secrets" }, opts);
  const role = createRole(
    "control-plane",
    { service: "eks.amazonaws.com", managed: ["AmazonEKSClusterPolicy"] },
    opts,
  );
  const log = createLogGroup("control-plane", { path: `/aws/eks/${name}/cluster`, kmsKeyId: logKey }, opts);
  const isPublic = eks.publicAccess.length > 0;
  const cluster = new Cluster(
    name,
    {
      name,
      version: eks.version,
      roleArn: role,
      vpcConfig: {
        subnetIds: network.privateSubnets,
        endpointPrivateAccess: true,
        endpointPublicAccess: isPublic,
        ...(isPublic && { publicAccessCidrs: eks.publicAccess }),
      },
      kubernetesNetworkConfig: { serviceIpv4Cidr: SERVICE_RANGE },
      encryptionConfig: { provider: { keyArn: key.arn }, resources: ["secrets"] },
      enabledClusterLogTypes: LOGS,
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: true },
      // The network plugin, DNS and the proxy are add-ons of the program.
      bootstrapSelfManagedAddons: false,
      deletionProtection: true,
      upgradePolicy: { supportType: "STANDARD" },
      zonalShiftConfig: { enabled: true },
    },
    // EKS makes the group itself when it is not there, unencrypted and kept for ever.
    { ...opts, dependsOn: [log] },
  );
  for (const principalArn of eks.adminRoles) {
    const admin = `admin-${principalArn.split("/").at(-1)}`;
    const entry = new AccessEntry(admin, { clusterName: cluster.name, principalArn }, opts);
    new AccessPolicyAssociation(
      admin,
      {
        clusterName: cluster.name,
        principalArn: entry.principalArn,
        policyArn: "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
        accessScope: { type: "cluster" },
      },
      opts,
    );
  }
  return cluster;
}
