import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

const LEAST_DAYS = 90;

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html */
export const logsKept = resourceRule({
  name: "logs-kept",
  description:
    "Break-ins are found after months, and logs tell about people. Encrypt every LogGroup with a KMS key, and keep it " +
    `for ${LEAST_DAYS} days at least, but not for ever.`,
  enforcementLevel: "mandatory",
  types: ["aws:cloudwatch/logGroup:LogGroup"],
  *check({ kmsKeyId, retentionInDays = 0 }) {
    if (!kmsKeyId) {
      yield {
        wrong: "the logs are not encrypted with a KMS key",
        fix: [
          {
            path: ["kmsKeyId"],
            value: "<ARN of a KMS key>",
            example: "arn:aws:kms:eu-central-1:123456789012:key/example",
          },
        ],
      };
    }
    if (retentionInDays < LEAST_DAYS) {
      const kept = retentionInDays === 0 ? "for ever" : `for ${retentionInDays} days`;
      yield {
        wrong: `the logs are kept ${kept}`,
        fix: [{ path: ["retentionInDays"], value: LEAST_DAYS }],
      };
    }
  },
});
