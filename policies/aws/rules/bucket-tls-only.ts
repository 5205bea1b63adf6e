import type { Props } from "@mobile-ai-agent/policies-rule-kit";
import { bucketRule } from "../buckets.ts";
import { parseDocument, statementsOf } from "../documents.ts";

const CONDITION = { Bool: { "aws:SecureTransport": "false" } };

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html */
export const bucketTlsOnly = bucketRule({
  name: "s3-tls-only",
  description:
    "S3 answers plain HTTP too, with a signature that can be read and used again. Give every bucket a BucketPolicy " +
    "that denies everybody everything without TLS.",
  types: ["aws:s3/bucketPolicy:BucketPolicy"],
  missing: "the bucket answers over plain HTTP",
  props: { policy: JSON.stringify({ Version: "2012-10-17", Statement: [denial("<ARN of the bucket>/*")] }) },
  *check(props) {
    const document = parseDocument(props.policy);
    if (!document) return;
    const statements = statementsOf(document);
    if (statements.some(({ value }) => deniesPlainHttp(value))) return;
    const extended = (resource: string) => {
      const Statement = [...statements.map(({ value }) => value), denial(resource)];
      return JSON.stringify({ ...document, Statement });
    };
    yield {
      wrong: "the bucket answers over plain HTTP",
      fix: [
        {
          path: ["policy"],
          value: extended("<ARN of the bucket>/*"),
          example: extended("arn:aws:s3:::example/*"),
        },
      ],
    };
  },
});

function denial(resource: string): Props {
  return { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: resource, Condition: CONDITION };
}

function deniesPlainHttp({ Effect, Principal, Action, Condition }: Props): boolean {
  return (
    Effect === "Deny" &&
    (Principal === "*" || Principal?.AWS === "*") &&
    [Action].flat().includes("s3:*") &&
    String(Condition?.Bool?.["aws:SecureTransport"]) === "false"
  );
}
