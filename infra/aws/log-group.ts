import { LogGroup } from "@pulumi/aws/cloudwatch/logGroup.js";
import type * as pulumi from "@pulumi/pulumi";

const RETENTION_DAYS = 365;

/** Logs under a name that a service of AWS expects: encrypted, and kept for a year. */
export function createLogGroup(
  name: string,
  args: { readonly path: string; readonly kmsKeyId: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): LogGroup {
  return new LogGroup(
    name,
    { name: args.path, kmsKeyId: args.kmsKeyId, retentionInDays: RETENTION_DAYS },
    opts,
  );
}

/** @returns a key policy's statement that lets CloudWatch encrypt the account's logs of a region. */
export function logEncryption(region: string, accountId: string): object {
  return {
    Sid: "CloudWatchLogs",
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource: "*",
    Condition: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": `arn:aws:logs:${region}:${accountId}:*` } },
  };
}
