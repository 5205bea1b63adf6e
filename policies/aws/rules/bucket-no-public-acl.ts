import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

const PUBLIC = ["public-read", "public-read-write", "authenticated-read"];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html */
export const bucketNoPublicAcl = resourceRule({
  name: "s3-no-public-acl",
  description:
    "An access control list can give a bucket's content to everybody, apart from its policy. Leave ACLs out: the owner " +
    "of the bucket then owns what is in it.",
  enforcementLevel: "mandatory",
  types: [
    ...["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2", "aws:s3/bucketObjectv2:BucketObjectv2"],
    ...["aws:s3/bucketAcl:BucketAcl", "aws:s3/bucketAclV2:BucketAclV2"],
  ],
  *check({ acl }) {
    if (!PUBLIC.includes(acl)) return;
    yield { wrong: `its access control list is ${acl}`, fix: [{ path: ["acl"], value: "private" }] };
  },
});
