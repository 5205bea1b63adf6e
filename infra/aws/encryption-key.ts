import { Alias } from "@pulumi/aws/kms/alias.js";
import { Key } from "@pulumi/aws/kms/key.js";
import type * as pulumi from "@pulumi/pulumi";

export interface EncryptionKeyArgs {
  readonly accountId: string;
  readonly description: string;
  /** Who may use it besides the account's own roles, such as a service of AWS. */
  readonly statements?: readonly object[];
}

/**
 * A key that changes every year. Its policy leaves it to the account's roles who may use it, as AWS does by default:
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 */
export function createKey(name: string, args: EncryptionKeyArgs, opts: pulumi.CustomResourceOptions): Key {
  const account = {
    Sid: "AccountRoles",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${args.accountId}:root` },
    Action: "kms:*",
    Resource: "*",
  };
  const key = new Key(
    name,
    {
      description: args.description,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [account, ...(args.statements ?? [])] }),
    },
    opts,
  );
  new Alias(name, { name: `alias/mobile-ai-agent/${name}`, targetKeyId: key.keyId }, opts);
  return key;
}
