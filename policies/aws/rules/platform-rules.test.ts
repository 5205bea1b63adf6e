import { changed, describeRule, urnOf } from "@mobile-ai-agent/policies-testing";
import { diskEncrypted } from "./disk-encrypted.ts";
import { ecrImmutableTags } from "./ecr-immutable-tags.ts";
import { ecrScanOnPush } from "./ecr-scan-on-push.ts";
import { eksAuditLog } from "./eks-audit-log.ts";
import { eksPrivateEndpoint } from "./eks-private-endpoint.ts";
import { eksSecretsEncrypted } from "./eks-secrets-encrypted.ts";
import { iamNoWildcard } from "./iam-no-wildcard.ts";
import { instanceMetadata } from "./instance-metadata.ts";
import { kmsRotation } from "./kms-rotation.ts";
import { logsKept } from "./logs-kept.ts";
import { securityGroupClosed } from "./security-group-closed.ts";
import { vpcFlowLogs } from "./vpc-flow-logs.ts";

const policy = (...Statement: object[]) => ({
  type: "aws:iam/policy:Policy",
  props: { policy: JSON.stringify({ Version: "2012-10-17", Statement }) },
});
const attachment = (name: string) => ({
  type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  props: { policyArn: `arn:aws:iam::aws:policy/${name}` },
});
const read = { Effect: "Allow", Action: ["s3:GetObject"], Resource: "*" };
const everything = { Effect: "Allow", Action: "*", Resource: "*" };
describeRule(iamNoWildcard, {
  passing: {
    "named actions": policy(read),
    "everything denied": policy({ ...everything, Effect: "Deny" }),
    "a policy of AWS": attachment("AmazonEKSWorkerNodePolicy"),
  },
  failing: {
    everything: { stack: policy(everything), says: "statement 0 allows every action" },
    "everything in a list": { stack: policy(read, { ...read, Action: ["a:B", "*:*"] }), says: "statement 1" },
    "all but a little": {
      stack: policy({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }),
      says: "<service:Action>",
    },
    "one statement without a list": {
      stack: {
        type: "aws:iam/rolePolicy:RolePolicy",
        props: { policy: JSON.stringify({ Statement: everything }) },
      },
      says: "every action",
    },
    "an object": {
      stack: { type: "aws:iam/rolePolicy:RolePolicy", props: { policy: { Statement: [everything] } } },
      says: "every action",
    },
    "the administrator's": { stack: attachment("AdministratorAccess"), says: "the role may do everything" },
  },
});

const group = (rule: object) => ({ type: "aws:ec2/securityGroup:SecurityGroup", props: { ingress: [rule] } });
const rule = (props: object) => ({
  type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
  props,
});
const oldRule = (props: object) => ({ type: "aws:ec2/securityGroupRule:SecurityGroupRule", props });
const world = ["0.0.0.0/0"];
const port = (number: number) => ({ protocol: "tcp", fromPort: number, toPort: number });
describeRule(securityGroupClosed, {
  passing: {
    HTTPS: group({ ...port(443), cidrBlocks: world }),
    "HTTPS as a rule": rule({ ipProtocol: "tcp", fromPort: 443, toPort: 443, cidrIpv4: "0.0.0.0/0" }),
    "a range": group({ ...port(27017), cidrBlocks: ["10.0.0.0/16"] }),
    "the way out": oldRule({ type: "egress", protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: world }),
  },
  failing: {
    SSH: { stack: group({ ...port(22), cidrBlocks: world }), says: "everybody may reach port 22" },
    "one range of several": {
      stack: group({ ...port(22), cidrBlocks: ["10.0.0.0/16", ...world] }),
      says: 'set ingress[0].cidrBlocks to ["10.0.0.0/16"]',
    },
    "IPv6 too": {
      stack: group({ ...port(22), cidrBlocks: world, ipv6CidrBlocks: ["::/0"] }),
      says: "remove ingress[0].ipv6CidrBlocks",
    },
    "a range of ports around HTTPS": {
      stack: group({ protocol: "tcp", fromPort: 443, toPort: 9000, cidrBlocks: world }),
      says: "ports 443 to 9000",
    },
    "every protocol": {
      stack: group({ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: world }),
      says: "every port",
    },
    "UDP on 443": {
      stack: group({ ...port(443), protocol: "udp", cidrBlocks: world }),
      says: "port 443",
    },
    "a rule of its own": { stack: rule({ ipProtocol: "-1", cidrIpv4: "0.0.0.0/0" }), says: "every port" },
    "a rule of its own over IPv6": {
      stack: rule({ ipProtocol: "tcp", fromPort: 22, toPort: 22, cidrIpv6: "::/0" }),
      says: "set cidrIpv6",
    },
    "a rule of the old kind": {
      stack: oldRule({ type: "ingress", ...port(6379), cidrBlocks: world }),
      says: "port 6379",
    },
  },
});

const cluster = {
  type: "aws:eks/cluster:Cluster",
  props: {
    vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
    encryptionConfig: { provider: { keyArn: "arn:aws:kms:a" }, resources: ["secrets"] },
    enabledClusterLogTypes: ["api", "audit", "authenticator"],
  },
};
const without = (path: string[], value?: unknown) => ({
  ...cluster,
  props: changed(cluster.props, path, value),
});
describeRule(eksPrivateEndpoint, {
  passing: {
    "private only": cluster,
    "public for some": without(["vpcConfig"], {
      endpointPrivateAccess: true,
      publicAccessCidrs: ["203.0.113.0/24"],
    }),
  },
  failing: {
    "nothing said": { stack: without(["vpcConfig"]), says: "set vpcConfig.endpointPrivateAccess to true" },
    "public for all": { stack: without(["vpcConfig", "endpointPublicAccess"], true), says: "everybody" },
    "public by default": { stack: without(["vpcConfig", "endpointPublicAccess"]), says: "to false" },
  },
});
describeRule(eksSecretsEncrypted, {
  passing: { "a key for Secrets": cluster },
  failing: {
    "no key": { stack: without(["encryptionConfig"]), says: "<ARN of a KMS key>" },
    "a key for something else": {
      stack: without(["encryptionConfig", "resources"], []),
      says: "not encrypted",
    },
  },
});
describeRule(eksAuditLog, {
  passing: { "three logs": cluster },
  failing: {
    "no logs": { stack: without(["enabledClusterLogTypes"]), says: "no log of api, audit, authenticator" },
    "one log": { stack: without(["enabledClusterLogTypes"], ["api"]), says: 'to ["api","audit"' },
  },
});

const key = (props: object) => ({ type: "aws:kms/key:Key", props });
describeRule(kmsRotation, {
  passing: {
    "said so": key({ enableKeyRotation: true }),
    "a key that can't": key({ customerMasterKeySpec: "ECC_NIST_P256" }),
  },
  failing: { "left out": { stack: key({}), says: "set enableKeyRotation to true" } },
});

const repository = (props: object) => ({ type: "aws:ecr/repository:Repository", props });
describeRule(ecrImmutableTags, {
  passing: { immutable: repository({ imageTagMutability: "IMMUTABLE" }) },
  failing: {
    "left out": { stack: repository({}), says: 'to "IMMUTABLE"' },
    mutable: { stack: repository({ imageTagMutability: "MUTABLE" }), says: "can be moved" },
  },
});
describeRule(ecrScanOnPush, {
  passing: { scanned: repository({ imageScanningConfiguration: { scanOnPush: true } }) },
  failing: { "left out": { stack: repository({}), says: "not scanned" } },
});

const VPC = "aws:ec2/vpc:Vpc";
const vpc = { type: VPC, name: "network", props: {} };
const flowLog = (trafficType: string, of = "network") => ({
  type: "aws:ec2/flowLog:FlowLog",
  name: "flows",
  props: { trafficType },
  refersTo: { vpcId: urnOf(VPC, of) },
});
describeRule(vpcFlowLogs, {
  passing: { "all traffic": [vpc, flowLog("ALL")], "two of them": [vpc, flowLog("REJECT"), flowLog("ALL")] },
  failing: {
    "a network alone": { stack: [vpc], says: 'add flow log "network"' },
    "another network's": { stack: [vpc, flowLog("ALL", "other")], says: "nothing records" },
    "what is refused only": { stack: [vpc, flowLog("REJECT")], says: 'set trafficType to "ALL"' },
  },
});

const logGroup = (props: object) => ({ type: "aws:cloudwatch/logGroup:LogGroup", props });
const kmsKeyId = "arn:aws:kms:eu-central-1:123456789012:key/a";
describeRule(logsKept, {
  passing: { "a year": logGroup({ kmsKeyId, retentionInDays: 365 }) },
  failing: {
    "a week": { stack: logGroup({ kmsKeyId, retentionInDays: 7 }), says: "kept for 7 days" },
    "for ever": { stack: logGroup({ kmsKeyId }), says: "set retentionInDays to 90" },
    "no key": { stack: logGroup({ retentionInDays: 365 }), says: "<ARN of a KMS key>" },
  },
});

const template = (props: object) => ({ type: "aws:ec2/launchTemplate:LaunchTemplate", props });
const metadataOptions = { httpTokens: "required", httpPutResponseHopLimit: 1 };
describeRule(instanceMetadata, {
  passing: { "a token and one hop": template({ metadataOptions }) },
  failing: {
    "nothing said": { stack: template({}), says: 'set metadataOptions.httpTokens to "required"' },
    "no token": {
      stack: template({ metadataOptions: { ...metadataOptions, httpTokens: "optional" } }),
      says: "without a token",
    },
    "two hops": {
      stack: template({ metadataOptions: { ...metadataOptions, httpPutResponseHopLimit: 2 } }),
      says: "pods reach",
    },
  },
});
const disks = (...list: object[]) =>
  template({ blockDeviceMappings: list.map((ebs) => ({ deviceName: "/dev/xvda", ebs })) });
describeRule(diskEncrypted, {
  passing: { "text, as the provider has it": disks({ encrypted: "true" }), "none named": template({}) },
  failing: {
    "the second": { stack: disks({ encrypted: "true" }, {}), says: "blockDeviceMappings[1].ebs.encrypted" },
    "said so": { stack: disks({ encrypted: "false" }), says: "the disk /dev/xvda is not encrypted" },
  },
});
