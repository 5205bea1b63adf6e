import { changed, describeRule, urnOf } from "@mobile-ai-agent/policies-testing";
import { bucketEncryption } from "./bucket-encryption.ts";
import { bucketNoPublicAcl } from "./bucket-no-public-acl.ts";
import { bucketPublicAccess } from "./bucket-public-access.ts";
import { bucketTlsOnly } from "./bucket-tls-only.ts";
import { bucketVersioned } from "./bucket-versioned.ts";
import { cacheEncrypted } from "./cache-encrypted.ts";
import { cacheFailover } from "./cache-failover.ts";
import { databaseAuditLog } from "./database-audit-log.ts";
import { databaseEncrypted } from "./database-encrypted.ts";
import { databaseNotPublic } from "./database-not-public.ts";
import { databaseProtected } from "./database-protected.ts";
import { databaseTls } from "./database-tls.ts";

const instance = (props: object) => ({ type: "aws:rds/instance:Instance", props });
const documents = (props: object) => ({ type: "aws:docdb/cluster:Cluster", props });

describeRule(databaseNotPublic, {
  passing: { "said so": instance({ publiclyAccessible: false }), "left out": instance({}) },
  failing: {
    "a public instance": { stack: instance({ publiclyAccessible: true }), says: "remove publiclyAccessible" },
    "a public instance of a cluster": {
      stack: { type: "aws:rds/clusterInstance:ClusterInstance", props: { publiclyAccessible: true } },
      says: "public address",
    },
  },
});

describeRule(databaseEncrypted, {
  passing: { RDS: instance({ storageEncrypted: true }), DocumentDB: documents({ storageEncrypted: true }) },
  failing: {
    RDS: { stack: instance({}), says: "set storageEncrypted to true" },
    DocumentDB: { stack: documents({ storageEncrypted: false }), says: 'cluster "example": its storage' },
  },
});

const cache = {
  type: "aws:elasticache/replicationGroup:ReplicationGroup",
  props: { atRestEncryptionEnabled: true, transitEncryptionEnabled: true },
};
const cacheWithout = (key: string) => ({ ...cache, props: changed(cache.props, [key]) });
describeRule(cacheEncrypted, {
  passing: { both: cache },
  failing: {
    "plain on disk": { stack: cacheWithout("atRestEncryptionEnabled"), says: "on disk" },
    "plain on the network": { stack: cacheWithout("transitEncryptionEnabled"), says: "on the network" },
  },
});

const guarded = { deletionProtection: true, backupRetentionPeriod: 7, skipFinalSnapshot: false };
const unguarded = (key: string, value?: unknown) => documents(changed(guarded, [key], value));
describeRule(databaseProtected, {
  passing: { DocumentDB: documents(guarded), RDS: instance(guarded) },
  failing: {
    "one that can be deleted": { stack: unguarded("deletionProtection"), says: "one command deletes it" },
    "one without a last snapshot": {
      stack: unguarded("skipFinalSnapshot", true),
      says: "remove skipFinalSnapshot",
    },
    "backups of a day, the default": { stack: unguarded("backupRetentionPeriod"), says: "for 1 days" },
    "backups of six days": { stack: unguarded("backupRetentionPeriod", 6), says: "to 7" },
  },
});

describeRule(databaseAuditLog, {
  passing: { "the audit log": documents({ enabledCloudwatchLogsExports: ["audit"] }) },
  failing: {
    "no log": { stack: documents({}), says: 'set enabledCloudwatchLogsExports to ["audit"]' },
    "another log": {
      stack: documents({ enabledCloudwatchLogsExports: ["profiler"] }),
      says: '["profiler","audit"]',
    },
  },
});

const parameters = (...list: object[]) => ({
  type: "aws:docdb/clusterParameterGroup:ClusterParameterGroup",
  props: { parameters: list },
});
describeRule(databaseTls, {
  passing: {
    "left out": parameters({ name: "audit_logs", value: "enabled" }),
    "TLS 1.3 only": parameters({ name: "tls", value: "tls1.3+" }),
  },
  failing: {
    "switched off": {
      stack: parameters({ name: "audit_logs", value: "all" }, { name: "tls", value: "disabled" }),
      says: 'set parameters[1].value to "enabled"',
    },
  },
});

const replicated = {
  type: "aws:elasticache/replicationGroup:ReplicationGroup",
  props: { automaticFailoverEnabled: true, multiAzEnabled: true },
};
describeRule(cacheFailover, {
  passing: { both: replicated },
  failing: {
    neither: { stack: { ...replicated, props: {} }, says: "automaticFailoverEnabled is off" },
    "one zone": {
      stack: { ...replicated, props: { automaticFailoverEnabled: true } },
      says: "set multiAzEnabled to true",
    },
  },
});

const BUCKET = "aws:s3/bucket:Bucket";
const bucket = { type: BUCKET, name: "media", props: { bucket: "media-1" } };
const refersTo = { bucket: urnOf(BUCKET, "media") };
const block = {
  type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
  name: "media",
  props: {
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  },
  refersTo,
};
describeRule(bucketPublicAccess, {
  passing: {
    "by reference": [bucket, block],
    "by name": [bucket, { ...block, refersTo: {}, props: { ...block.props, bucket: "media-1" } }],
  },
  failing: {
    "a bucket alone": {
      stack: [bucket],
      says: 'add bucket public access block "media" with {"bucket":"<id of bucket \\"media\\">"',
    },
    "another bucket's": {
      stack: [bucket, { ...block, refersTo: { bucket: urnOf(BUCKET, "other") } }],
      says: "nothing blocks",
    },
    "another bucket's by name": {
      stack: [bucket, { ...block, refersTo: {}, props: { ...block.props, bucket: "media-2" } }],
      says: "nothing blocks",
    },
    "no bucket's": {
      stack: [
        { ...bucket, props: {} },
        { ...block, refersTo: {} },
      ],
      says: "nothing blocks",
    },
    "three of four": {
      stack: [bucket, { ...block, props: changed(block.props, ["restrictPublicBuckets"], false) }],
      says: "set restrictPublicBuckets to true",
    },
  },
});

const encryption = {
  type: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
  name: "media",
  props: { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }] },
  refersTo,
};
describeRule(bucketEncryption, {
  passing: { "a KMS key": [bucket, encryption] },
  failing: {
    "a bucket alone": { stack: [bucket], says: "not encrypted with a KMS key" },
    "S3's own keys": {
      stack: [
        bucket,
        {
          ...encryption,
          props: { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }] },
        },
      ],
      says: "encrypted with AES256",
    },
    "no rules": { stack: [bucket, { ...encryption, props: {} }], says: "encrypted with nothing" },
  },
});

const acl = (value: string) => ({ type: "aws:s3/bucketAcl:BucketAcl", props: { acl: value } });
describeRule(bucketNoPublicAcl, {
  passing: { private: acl("private"), "left out": { type: BUCKET, props: {} } },
  failing: {
    "everybody reads": { stack: acl("public-read"), says: 'set acl to "private"' },
    "everybody with an account": { stack: acl("authenticated-read"), says: "authenticated-read" },
    "at the bucket itself": {
      stack: { type: BUCKET, props: { acl: "public-read-write" } },
      says: "public-read-write",
    },
  },
});

const versioning = (status: string) => ({
  type: "aws:s3/bucketVersioning:BucketVersioning",
  name: "media",
  props: { versioningConfiguration: { status } },
  refersTo,
});
describeRule(bucketVersioned, {
  passing: { enabled: [bucket, versioning("Enabled")] },
  failing: {
    "a bucket alone": { stack: [bucket], says: 'add bucket versioning "media"' },
    suspended: {
      stack: [bucket, versioning("Suspended")],
      says: 'set versioningConfiguration.status to "Enabled"',
    },
  },
});

const denial = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: "arn:aws:s3:::media-1/*",
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};
const bucketPolicy = (...Statement: object[]) => ({
  type: "aws:s3/bucketPolicy:BucketPolicy",
  name: "media",
  props: { policy: JSON.stringify({ Version: "2012-10-17", Statement }) },
  refersTo,
});
describeRule(bucketTlsOnly, {
  passing: {
    "everybody denied": [bucket, bucketPolicy(denial)],
    "beside another statement": [bucket, bucketPolicy({ Effect: "Allow" }, denial)],
  },
  failing: {
    "a bucket alone": { stack: [bucket], says: "answers over plain HTTP" },
    "a policy about something else": {
      stack: [bucket, bucketPolicy({ Effect: "Allow" })],
      says: "aws:SecureTransport",
    },
    "TLS denied instead": {
      stack: [bucket, bucketPolicy({ ...denial, Condition: { Bool: { "aws:SecureTransport": "true" } } })],
      says: "set policy to",
    },
    "reading only": { stack: [bucket, bucketPolicy({ ...denial, Action: "s3:GetObject" })], says: "plain" },
    "one role only": {
      stack: [bucket, bucketPolicy({ ...denial, Principal: { AWS: "arn:aws:iam::1:role/x" } })],
      says: "plain HTTP",
    },
  },
});
