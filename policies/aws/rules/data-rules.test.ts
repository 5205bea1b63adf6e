import { changed, describeRule, urnOf } from "@mobile-ai-agent/policies-testing";
import { bucketEncryption } from "./bucket-encryption.ts";
import { bucketPublicAccess } from "./bucket-public-access.ts";
import { cacheEncrypted } from "./cache-encrypted.ts";
import { databaseEncrypted } from "./database-encrypted.ts";
import { databaseNotPublic } from "./database-not-public.ts";

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
