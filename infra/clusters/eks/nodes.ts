import { LaunchTemplate } from "@pulumi/aws/ec2/launchTemplate.js";
import { NodeGroup } from "@pulumi/aws/eks/nodeGroup.js";
import * as pulumi from "@pulumi/pulumi";
import type { Network } from "../../aws/network.ts";
import { createRole } from "../../aws/roles.ts";
import type { EksSettings } from "../../environment.ts";

export interface NodesArgs {
  readonly eks: EksSettings;
  readonly network: Network;
  readonly clusterName: pulumi.Input<string>;
}

/** Nodes in private subnets of all zones: encrypted disks, and no way for a pod to take the node's own credentials. */
export function createNodes(args: NodesArgs, opts: pulumi.CustomResourceOptions): NodeGroup {
  const { eks, network, clusterName } = args;
  const { nodes } = eks;
  const role = createRole(
    "nodes",
    {
      service: "ec2.amazonaws.com",
      // What the network plugin may do is a role of its own.
      managed: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"],
    },
    opts,
  );
  const template = new LaunchTemplate(
    "nodes",
    {
      // One hop: answers of the metadata service don't get into a pod's network.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      blockDeviceMappings: [
        {
          deviceName: "/dev/xvda",
          ebs: {
            volumeSize: nodes.diskGiB,
            volumeType: "gp3",
            encrypted: "true",
            deleteOnTermination: "true",
          },
        },
      ],
      tagSpecifications: [{ resourceType: "instance", tags: { Name: "mobile-ai-agent-node" } }],
    },
    opts,
  );
  return new NodeGroup(
    "nodes",
    {
      clusterName,
      nodeRoleArn: role,
      subnetIds: network.privateSubnets,
      amiType: "AL2023_x86_64_STANDARD",
      capacityType: "ON_DEMAND",
      version: eks.version,
      instanceTypes: nodes.instanceTypes,
      launchTemplate: { id: template.id, version: pulumi.interpolate`${template.latestVersion}` },
      scalingConfig: { minSize: nodes.min, desiredSize: nodes.min, maxSize: nodes.max },
      updateConfig: { maxUnavailable: 1 },
      nodeRepairConfig: { enabled: true },
    },
    // Whoever adds nodes by hand or by an autoscaler is not undone by the next update.
    { ...opts, ignoreChanges: ["scalingConfig.desiredSize"] },
  );
}
