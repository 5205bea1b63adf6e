import type { Props } from "@mobile-ai-agent/policies-rule-kit";
import { bucketRule } from "../buckets.ts";

const NAME = "ServerSideEncryptionConfiguration";
const KMS = ["aws:kms", "aws:kms:dsse"];

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
export const bucketEncryption = bucketRule({
  name: "s3-encrypted",
  description:
    "With S3's own keys whoever may read the bucket may decrypt it; a KMS key is a second permission, with a log of " +
    `every use. Give every bucket a Bucket${NAME} of aws:kms.`,
  types: [`aws:s3/bucket${NAME}:Bucket${NAME}`, `aws:s3/bucket${NAME}V2:Bucket${NAME}V2`],
  missing: "the bucket is not encrypted with a KMS key",
  props: { rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms" } }] },
  *check(props) {
    const rules: Props[] = props.rules?.length ? props.rules : [{}];
    for (const [index, rule] of rules.entries()) {
      const algorithm = rule.applyServerSideEncryptionByDefault?.sseAlgorithm;
      if (KMS.includes(algorithm)) continue;
      const path = ["rules", index, "applyServerSideEncryptionByDefault", "sseAlgorithm"];
      yield {
        wrong: `the bucket is encrypted with ${algorithm ?? "nothing"}`,
        fix: [{ path, value: "aws:kms" }],
      };
    }
  },
});
