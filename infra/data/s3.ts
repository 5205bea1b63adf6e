import { PodIdentityAssociation } from "@pulumi/aws/eks/podIdentityAssociation.js";
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import { BucketOwnershipControls } from "@pulumi/aws/s3/bucketOwnershipControls.js";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy.js";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import type { s3 } from "@pulumi/aws/types/input.js";
import * as pulumi from "@pulumi/pulumi";
import { createKey } from "../aws/encryption-key.ts";
import { createPodRole } from "../aws/roles.ts";
import type { AwsSite } from "../aws/site.ts";
import type { Link } from "../components/pod.ts";
import type { S3Settings } from "../environment.ts";
import type { ObjectStore } from "./object-store.ts";

export interface S3Args {
  readonly namespace: pulumi.Input<string>;
  readonly site: AwsSite;
  readonly settings: S3Settings;
}

/** Who uses a bucket, by its service account, and what it may do there. */
const USERS = {
  media: { account: "media-processing", actions: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"] },
  // Nothing that runs here can remove a backup: the lifecycle does.
  backups: { account: "backup", actions: ["s3:GetObject", "s3:PutObject"] },
} as const;

/** Two buckets on S3, one for media and one for backups: private, encrypted, versioned, over TLS only. */
export class S3 extends pulumi.ComponentResource implements ObjectStore {
  readonly link: Link;

  constructor(name: string, args: S3Args, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:data:S3", name, {}, opts);
    const parent = { parent: this };
    const { accountId, region } = args.site;
    const { backupArchiveDays: archive, backupExpiryDays: expiry } = args.settings;
    const key = createKey("objects", { accountId, description: "Media and backups" }, parent).arn;
    const media = createBucket("media", { ...args, key, rules: [] }, parent);
    createBucket(
      "backups",
      {
        ...{ ...args, key },
        rules: [
          {
            ...{ id: "age", status: "Enabled", filter: { prefix: "" } },
            transitions: [{ days: archive, storageClass: "GLACIER_IR" }],
            expiration: { days: expiry },
          },
        ],
      },
      parent,
    );
    this.link = {
      env: { OBJECT_STORE_URL: pulumi.interpolate`s3://${media.bucket}`, AWS_REGION: region },
      mounts: [],
    };
    this.registerOutputs();
  }
}

interface BucketArgs extends S3Args {
  readonly key: pulumi.Input<string>;
  readonly rules: s3.BucketLifecycleConfigurationRule[];
}

function createBucket(
  name: keyof typeof USERS,
  args: BucketArgs,
  parent: pulumi.CustomResourceOptions,
): Bucket {
  const { accountId, region } = args.site;
  // Names are the world's: the account and the region make this one nobody else's.
  const made = new Bucket(name, { bucket: `mobile-ai-agent-${name}-${accountId}-${region}` }, parent);
  const bucket = made.bucket;
  new BucketPublicAccessBlock(
    name,
    {
      ...{ bucket, blockPublicAcls: true, blockPublicPolicy: true },
      ...{ ignorePublicAcls: true, restrictPublicBuckets: true },
    },
    parent,
  );
  new BucketOwnershipControls(name, { bucket, rule: { objectOwnership: "BucketOwnerEnforced" } }, parent);
  new BucketVersioning(name, { bucket, versioningConfiguration: { status: "Enabled" } }, parent);
  new BucketServerSideEncryptionConfiguration(
    name,
    {
      bucket,
      rules: [
        {
          applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: args.key },
          bucketKeyEnabled: true,
        },
      ],
    },
    parent,
  );
  new BucketPolicy(name, { bucket, policy: tlsOnly(made.arn) }, parent);
  new BucketLifecycleConfiguration(
    name,
    {
      bucket,
      rules: [
        {
          ...{ id: "leftovers", status: "Enabled", filter: { prefix: "" } },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
          noncurrentVersionExpiration: { noncurrentDays: 30 },
        },
        ...args.rules,
      ],
    },
    parent,
  );
  admit(name, made.arn, args, parent);
  return made;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
function tlsOnly(arn: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "TlsOnly",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [arn, pulumi.interpolate`${arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  });
}

/** Lets one service's pods use a bucket, and no others. */
function admit(
  name: keyof typeof USERS,
  arn: pulumi.Output<string>,
  { namespace, site, key }: BucketArgs,
  parent: pulumi.CustomResourceOptions,
): void {
  const { account, actions } = USERS[name];
  const roleArn = createPodRole(
    `bucket-${name}`,
    {
      accountId: site.accountId,
      statements: [
        { Sid: "Objects", Effect: "Allow", Action: actions, Resource: pulumi.interpolate`${arn}/*` },
        { Sid: "List", Effect: "Allow", Action: ["s3:ListBucket"], Resource: arn },
        { Sid: "Key", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: key },
      ],
    },
    parent,
  );
  new PodIdentityAssociation(
    `bucket-${name}`,
    { clusterName: site.clusterName, namespace, serviceAccount: account, roleArn },
    parent,
  );
}
