import { Addon } from "@pulumi/aws/eks/addon.js";
import type * as pulumi from "@pulumi/pulumi";
import { createPodRole } from "../../aws/roles.ts";

export interface AddOnsArgs {
  readonly accountId: string;
  readonly clusterName: pulumi.Input<string>;
  readonly dataKey: pulumi.Input<string>;
}

interface AddOn {
  readonly configuration?: object;
  /** Service account of its pods, and the ARN of the role that they get. */
  readonly identity?: { readonly serviceAccount: string; readonly roleArn: pulumi.Input<string> };
}

/**
 * What a node needs to become ready: networking that enforces NetworkPolicies, and credentials for pods.
 * Names and settings: https://docs.aws.amazon.com/eks/latest/userguide/eks-add-ons.html
 */
export function createNodeAddOns(args: AddOnsArgs, opts: pulumi.CustomResourceOptions): Addon[] {
  const { accountId } = args;
  const network = createPodRole("vpc-cni", { accountId, managed: ["AmazonEKS_CNI_Policy"] }, opts);
  return [
    addOn("eks-pod-identity-agent", args, {}, opts),
    addOn(
      "vpc-cni",
      args,
      {
        configuration: { enableNetworkPolicy: "true", env: { ENABLE_PREFIX_DELEGATION: "true" } },
        identity: { serviceAccount: "aws-node", roleArn: network },
      },
      opts,
    ),
    addOn("kube-proxy", args, {}, opts),
  ];
}

/** What runs on the nodes. The last two are community add-ons, which AWS installs and updates, and does not support. */
export function createAddOns(args: AddOnsArgs, opts: pulumi.CustomResourceOptions): Addon[] {
  const disks = createPodRole(
    "ebs-csi",
    {
      accountId: args.accountId,
      managed: ["service-role/AmazonEBSCSIDriverPolicy"],
      statements: [
        {
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"],
          Resource: args.dataKey,
        },
        {
          Effect: "Allow",
          Action: ["kms:CreateGrant"],
          Resource: args.dataKey,
          Condition: { Bool: { "kms:GrantIsForAWSResource": "true" } },
        },
      ],
    },
    opts,
  );
  return [
    addOn("coredns", args, { configuration: { replicaCount: 3 } }, opts),
    addOn(
      "aws-ebs-csi-driver",
      args,
      { identity: { serviceAccount: "ebs-csi-controller-sa", roleArn: disks } },
      opts,
    ),
    addOn("metrics-server", args, {}, opts),
    addOn("cert-manager", args, {}, opts),
  ];
}

function addOn(
  addonName: string,
  { clusterName }: AddOnsArgs,
  { configuration, identity }: AddOn,
  opts: pulumi.CustomResourceOptions,
): Addon {
  return new Addon(
    addonName,
    {
      clusterName,
      addonName,
      ...(configuration && { configurationValues: JSON.stringify(configuration) }),
      ...(identity && { podIdentityAssociations: [identity] }),
      resolveConflictsOnCreate: "OVERWRITE",
      resolveConflictsOnUpdate: "OVERWRITE",
    },
    opts,
  );
}
