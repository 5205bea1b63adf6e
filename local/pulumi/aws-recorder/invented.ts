import { createHash } from "node:crypto";
import { isObject, type Json, textAt } from "../provider-kit/values.ts";

/** What AWS' own documentation uses for examples. */
export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";

/** Where the invented things are. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

/** The input that is the name of a thing on AWS, and so its id; others have an id that AWS makes. */
const NAMED_BY: Readonly<Record<string, string>> = {
  "s3/bucket": "bucket",
  "docdb/cluster": "clusterIdentifier",
  "docdb/clusterInstance": "identifier",
  "elasticache/replicationGroup": "replicationGroupId",
  "elasticache/user": "userId",
  "elasticache/userGroup": "userGroupId",
};
/** Things whose name the plugin chooses when the program gives none. */
const NAMED = /^(iam|cloudwatch|eks|ecr|docdb|elasticache|secretsmanager|lb)\//;
/** Prefixes of the ids that AWS makes. */
const PREFIXES: Readonly<Record<string, string>> = {
  "ec2/vpc": "vpc",
  "ec2/subnet": "subnet",
  "ec2/securityGroup": "sg",
  "ec2/defaultSecurityGroup": "sg",
  "ec2/internetGateway": "igw",
  "ec2/natGateway": "nat",
  "ec2/routeTable": "rtb",
  "ec2/vpcEndpoint": "vpce",
  "ec2/launchTemplate": "lt",
  "ec2/eip": "eipalloc",
};

interface Facts extends Place {
  readonly id: string;
}

/** Outputs that others are made of, besides `arn` and `name`. */
const OUTPUTS: Readonly<Record<string, (facts: Facts) => Json>> = {
  "kms/key": ({ id }) => ({ keyId: id }),
  "eks/cluster": ({ id }) => ({
    endpoint: "https://kubernetes.invalid",
    certificateAuthority: { data: Buffer.from("no certificate").toString("base64") },
    vpcConfig: { clusterSecurityGroupId: `sg-${digest(id)}` },
  }),
  "eks/nodeGroup": ({ id }) => ({ resources: [{ autoscalingGroups: [{ name: `eks-${id}` }] }] }),
  "ec2/launchTemplate": () => ({ latestVersion: 1 }),
  "ec2/vpcEndpoint": () => ({ cidrBlocks: ["192.0.2.0/24"] }),
  "docdb/cluster": ({ id, region }) => ({
    endpoint: `${id}.cluster-recorded.${region}.docdb.amazonaws.com`,
    readerEndpoint: `${id}.cluster-ro-recorded.${region}.docdb.amazonaws.com`,
  }),
  "elasticache/replicationGroup": ({ id, region }) => ({
    primaryEndpointAddress: `master.${id}.recorded.${region}.cache.amazonaws.com`,
  }),
  "lb/loadBalancer": ({ id, region }) => ({
    dnsName: `${id}.elb.${region}.amazonaws.com`,
    zoneId: "Z0RECORDED",
  }),
  "ecr/repository": ({ id, account, region }) => ({
    repositoryUrl: `${account}.dkr.ecr.${region}.amazonaws.com/${id}`,
  }),
};

/**
 * @param urn of the resource; the same one gets the same outputs each time
 * @param inputs without secret marks
 * @returns its id, and outputs of the form that AWS gives them
 */
export function inventOutputs(urn: string, inputs: Json, place: Place): { id: string; outputs: Json } {
  const parts = urn.split("::");
  const token = parts[2]?.split("$").at(-1) ?? "";
  const kind = token.split(":")[1] ?? token;
  const name = nameOf(kind, parts.at(-1) ?? "", inputs);
  const id = name ?? `${PREFIXES[kind] ?? kind.split("/").at(-1)}-${digest(urn)}`;
  const invented = OUTPUTS[kind]?.({ ...place, id }) ?? {};
  return { id, outputs: { arn: arnOf(kind, id, place), ...(name && { name }), ...invented } };
}

function nameOf(kind: string, logicalName: string, inputs: Json): string | undefined {
  const given = textAt(inputs, NAMED_BY[kind] ?? "name");
  if (given) return given;
  return NAMED.test(kind) ? `${logicalName}-${digest(logicalName).slice(0, 7)}` : undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
function arnOf(kind: string, id: string, { account, region }: Place): string {
  const [service = "", type = ""] = kind.split("/");
  if (service === "s3") return `arn:aws:s3:::${id}`;
  if (service === "iam") return `arn:aws:iam::${account}:${type}/${id}`;
  if (kind === "cloudwatch/logGroup") return `arn:aws:logs:${region}:${account}:log-group:${id}`;
  return `arn:aws:${service}:${region}:${account}:${type}/${id}`;
}

/** @throws for functions that are not known, since an answer out of nowhere would hide a fault. */
export function inventFunction(token: string, args: Json, { account, region }: Place): Json {
  const name = token.split(":").at(-1) ?? token;
  const answers: Readonly<Record<string, Json>> = {
    getCallerIdentity: {
      accountId: account,
      arn: `arn:aws:iam::${account}:user/recorded`,
      userId: "RECORDED",
    },
    getPartition: { partition: "aws", dnsSuffix: "amazonaws.com" },
    getRegion: { name: region, region },
    getAvailabilityZones: {
      names: ["a", "b", "c"].map((zone) => `${region}${zone}`),
      state: "available",
    },
  };
  const answer = answers[name];
  if (!answer || !isObject(args))
    throw new Error(`the recorder has no answer for ${token}: add it to aws-recorder/invented.ts`);
  return { id: region, ...answer };
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 17);
