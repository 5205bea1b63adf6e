import type { ResourceTransformation } from "@pulumi/pulumi";
import { beforeAll, describe, expect, test } from "vitest";
import { createToolchain } from "../toolchain/index.ts";
import { previewStack, type Violation } from "./preview.ts";

// biome-ignore lint/suspicious/noExplicitAny: the inputs of any resource
type Props = any;

/** @returns a transform that changes one resource and leaves the rest alone. */
function change(type: string, name: string, edit: (props: Props) => object): ResourceTransformation {
  return (resource) => {
    if (resource.type !== type || resource.name !== name) return undefined;
    return { props: { ...resource.props, ...edit(resource.props) }, opts: resource.opts };
  };
}

const container = (edit: (container: Props) => object) =>
  change("kubernetes:apps/v1:Deployment", "api-gateway", ({ spec }) => {
    const { spec: pod } = spec.template;
    const [first] = pod.containers;
    const containers = [{ ...first, ...edit(first) }];
    return { spec: { ...spec, template: { ...spec.template, spec: { ...pod, containers } } } };
  });

const everything = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });

/** One fault each, and what refuses it: the rule, the resource, and the smallest change. */
const PLANTED: Readonly<Record<string, { plant: ResourceTransformation; rule: string; says: string }>> = {
  "a bucket that everybody reads": {
    plant: change("aws:s3/bucket:Bucket", "media", () => ({ acl: "public-read" })),
    rule: "s3-no-public-acl",
    says: 'bucket "media": its access control list is public-read. Smallest change that passes: set acl to "private".',
  },
  "a bucket that can become public": {
    plant: change("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "backups", () => ({
      blockPublicPolicy: false,
    })),
    rule: "s3-public-access-blocked",
    says: 'bucket public access block "backups": blockPublicPolicy is off. Smallest change that passes: set blockPublicPolicy to true.',
  },
  "a bucket without TLS": {
    plant: change("aws:s3/bucketPolicy:BucketPolicy", "backups", () => ({
      policy: JSON.stringify({ Statement: [] }),
    })),
    rule: "s3-tls-only",
    says: 'bucket policy "backups": the bucket answers over plain HTTP. Smallest change that passes: set policy to',
  },
  "an unencrypted document database": {
    plant: change("aws:docdb/cluster:Cluster", "mongodb", () => ({ storageEncrypted: false })),
    rule: "database-encrypted",
    says: 'cluster "mongodb": its storage is not encrypted. Smallest change that passes: set storageEncrypted to true.',
  },
  "a document database that one command deletes": {
    plant: change("aws:docdb/cluster:Cluster", "mongodb", () => ({ deletionProtection: false })),
    rule: "database-protected",
    says: 'cluster "mongodb": one command deletes it. Smallest change that passes: set deletionProtection to true.',
  },
  "a document database that the internet reaches": {
    plant: change("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "mongodb-from-nodes", () => ({
      cidrIpv4: "0.0.0.0/0",
    })),
    rule: "security-group-closed",
    says: 'security group ingress rule "mongodb-from-nodes": everybody may reach port 27017. Smallest change that passes: set cidrIpv4 to',
  },
  "a cache without TLS": {
    plant: change("aws:elasticache/replicationGroup:ReplicationGroup", "redis", () => ({
      transitEncryptionEnabled: false,
    })),
    rule: "cache-encrypted",
    says: 'replication group "redis": its data is not encrypted on the network. Smallest change that passes: set transitEncryptionEnabled to true.',
  },
  "a role that may do everything": {
    plant: change("aws:iam/rolePolicy:RolePolicy", "bucket-media", () => ({ policy: everything })),
    rule: "iam-no-wildcard",
    says: 'role policy "bucket-media": statement 0 allows every action. Smallest change that passes: set policy to',
  },
  "a Kubernetes API for everybody": {
    plant: change("aws:eks/cluster:Cluster", "mobile-ai-agent", ({ vpcConfig }) => ({
      vpcConfig: { ...vpcConfig, endpointPublicAccess: true, publicAccessCidrs: ["0.0.0.0/0"] },
    })),
    rule: "eks-private-endpoint",
    says: 'cluster "mobile-ai-agent": everybody may reach the Kubernetes API. Smallest change that passes: set vpcConfig.endpointPublicAccess to false.',
  },
  "a key that never changes": {
    plant: change("aws:kms/key:Key", "data", () => ({ enableKeyRotation: false })),
    rule: "kms-rotation",
    says: 'key "data": the key never changes. Smallest change that passes: set enableKeyRotation to true.',
  },
  "tags that can be moved": {
    plant: change("aws:ecr/repository:Repository", "api-gateway", () => ({ imageTagMutability: "MUTABLE" })),
    rule: "ecr-immutable-tags",
    says: 'repository "api-gateway": its tags can be moved. Smallest change that passes: set imageTagMutability to "IMMUTABLE".',
  },
  "a network without a record": {
    plant: change("aws:ec2/flowLog:FlowLog", "network-flows", () => ({ trafficType: "REJECT" })),
    rule: "vpc-flow-logs",
    says: 'flow log "network-flows": only connections of the kind REJECT are recorded. Smallest change that passes: set trafficType to "ALL".',
  },
  "a privileged container": {
    plant: container(({ securityContext }) => ({
      securityContext: { ...securityContext, privileged: true },
    })),
    rule: "no-privilege-escalation",
    says: 'deployment "api-gateway": container "api-gateway" is privileged. Smallest change that passes: remove spec.template.spec.containers[0].securityContext.privileged.',
  },
  "a container without a limit": {
    plant: container(({ resources: { requests, limits } }) => ({
      resources: { requests, limits: { cpu: limits.cpu } },
    })),
    rule: "requests-and-limits",
    says: 'deployment "api-gateway": container "api-gateway" has no limits of memory. Smallest change that passes: set spec.template.spec.containers[0].resources.limits.memory to "512Mi".',
  },
  "an image by its tag": {
    plant: container(({ image }) => ({ image: String(image).replace(/@.*/, ":1.0.0") })),
    rule: "pinned-images",
    says: "which is not named by digest. Smallest change that passes: set spec.template.spec.containers[0].image to",
  },
  "a way in without TLS": {
    plant: change("kubernetes:gateway.networking.k8s.io/v1:Gateway", "gateway-listener", ({ spec }) => ({
      spec: { ...spec, listeners: spec.listeners.map((one: Props) => ({ ...one, protocol: "HTTP" })) },
    })),
    rule: "gateway-tls",
    says: 'gateway "gateway-listener": listener "https" speaks HTTP. Smallest change that passes: set spec.listeners[0].protocol to "HTTPS".',
  },
};

/** All at once, which takes a preview instead of one for each: no two of them are refused for the same reason. */
let refused: readonly Violation[];

beforeAll(async () => {
  const transform: ResourceTransformation = (resource) =>
    Object.values(PLANTED).reduce<ReturnType<ResourceTransformation>>((changed, { plant }) => {
      const { props, opts } = changed ?? resource;
      return plant({ ...resource, props, opts }) ?? changed;
    }, undefined);
  const options = { toolchain: createToolchain(), transform };
  const context = { signal: AbortSignal.timeout(110_000), report() {} };
  const { violations } = await previewStack("prod", options, context);
  refused = violations.filter(({ mandatory }) => mandatory);
}, 120_000);

describe("a preview of production refuses", () => {
  test.each(Object.entries(PLANTED))("%s", (_, { rule, says }) => {
    const [found, ...others] = refused.filter((violation) => violation.rule === rule);
    expect(found?.message).toContain(says);
    expect(others).toEqual([]);
  });

  test("nothing else", () => {
    const rules = Object.values(PLANTED).map(({ rule }) => rule);
    expect(refused.map(({ rule }) => rule).sort()).toEqual(rules.sort());
  });
});
