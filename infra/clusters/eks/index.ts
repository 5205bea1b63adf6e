import { Provider as AwsProvider } from "@pulumi/aws/provider.js";
import { Provider } from "@pulumi/kubernetes/provider.js";
import { StorageClass } from "@pulumi/kubernetes/storage/v1/storageClass.js";
import * as pulumi from "@pulumi/pulumi";
import { createKey } from "../../aws/encryption-key.ts";
import { logEncryption } from "../../aws/log-group.ts";
import { Network } from "../../aws/network.ts";
import { Repositories } from "../../aws/repositories.ts";
import type { AwsSite } from "../../aws/site.ts";
import { subnetsOf } from "../../aws/subnets.ts";
import { type Config, IMAGE_NAMES } from "../../config.ts";
import type { AwsSettings, EksSettings } from "../../environment.ts";
import type { Cluster } from "../cluster.ts";
import { createAddOns, createNodeAddOns } from "./add-ons.ts";
import { createControlPlane, SERVICE_RANGE } from "./control-plane.ts";
import { kubeconfigOf } from "./kubeconfig.ts";
import { createNodes } from "./nodes.ts";

const NAME = "mobile-ai-agent";

/** A cluster on AWS with everything that it stands on: network, keys, image repositories, nodes and add-ons. */
export function createEksCluster(config: Config, eks: EksSettings): Cluster {
  const aws = config.aws as AwsSettings;
  const provider = new AwsProvider("aws", {
    region: aws.region,
    // Credentials of another account are refused before anything is made.
    allowedAccountIds: [aws.accountId],
    defaultTags: { tags: { Project: NAME, Stack: pulumi.getStack(), ManagedBy: "pulumi" } },
  });
  new Repositories("repositories", { accountId: aws.accountId, images: IMAGE_NAMES }, { provider });
  return new EksCluster(NAME, { aws, eks }, { provider });
}

interface EksClusterArgs {
  readonly aws: AwsSettings;
  readonly eks: EksSettings;
}

class EksCluster extends pulumi.ComponentResource implements Cluster {
  readonly provider: Provider;
  readonly storageClass: pulumi.Output<string>;
  readonly foundations: readonly pulumi.Resource[];
  readonly apiServer: readonly string[];
  readonly site: AwsSite;

  constructor(name: string, args: EksClusterArgs, opts: { readonly provider: AwsProvider }) {
    super("mobile-ai-agent:clusters:EksCluster", name, {}, opts);
    const parent = { parent: this };
    const { aws, eks } = args;
    const { accountId, region } = aws;
    const logKey = createKey(
      "logs",
      { accountId, description: "Logs", statements: [logEncryption(region, accountId)] },
      parent,
    ).arn;
    const dataKey = createKey("data", { accountId, description: "Databases, volumes and secrets" }, parent);
    const network = new Network(
      "network",
      { aws, logKey, range: eks.network, natGateways: eks.natGateways },
      parent,
    );

    const controlPlane = createControlPlane(name, { aws, eks, logKey, network }, parent);
    const identity = { accountId, clusterName: controlPlane.name };
    const nodeAddOns = createNodeAddOns({ ...identity, dataKey: dataKey.arn }, parent);
    const nodes = createNodes(
      { eks, network, clusterName: identity.clusterName },
      { ...parent, dependsOn: nodeAddOns },
    );
    const addOns = createAddOns({ ...identity, dataKey: dataKey.arn }, { ...parent, dependsOn: [nodes] });

    this.provider = new Provider(
      "cluster",
      { kubeconfig: kubeconfigOf(controlPlane, region), enableServerSideApply: true },
      { ...parent, dependsOn: addOns },
    );
    const storage = new StorageClass(
      "encrypted",
      {
        metadata: { name: "encrypted" },
        provisioner: "ebs.csi.aws.com",
        parameters: { type: "gp3", encrypted: "true", kmsKeyId: dataKey.arn },
        // In the zone of the first pod that uses it.
        volumeBindingMode: "WaitForFirstConsumer",
        allowVolumeExpansion: true,
        reclaimPolicy: "Retain",
      },
      { ...parent, provider: this.provider },
    );
    this.storageClass = storage.metadata.name;
    this.foundations = [...addOns, storage];
    this.apiServer = [...subnetsOf(eks.network).private, SERVICE_RANGE];
    this.site = {
      ...{ provider: opts.provider, accountId, region, network, logKey, dataKey: dataKey.arn },
      clusterName: controlPlane.name,
      nodes: controlPlane.vpcConfig.clusterSecurityGroupId,
      nodeGroup: nodes.resources.apply((resources) => resources[0]?.autoscalingGroups?.[0]?.name ?? ""),
    };
    this.registerOutputs();
  }
}
