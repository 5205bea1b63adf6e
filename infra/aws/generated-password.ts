import { randomBytes } from "node:crypto";
import { Secret } from "@pulumi/aws/secretsmanager/secret.js";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion.js";
import * as pulumi from "@pulumi/pulumi";

/**
 * A password that the program makes and AWS Secrets Manager keeps. Each run offers another one, and the first stays:
 * the engine ignores changes of it. What is made with it reads it from here, so that both always agree.
 *
 * @returns the password as it is kept; secret
 */
export function generatePassword(
  name: string,
  args: { readonly description: string; readonly kmsKeyId: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const secret = new Secret(
    name,
    {
      name: `mobile-ai-agent/${name}`,
      description: args.description,
      kmsKeyId: args.kmsKeyId,
      recoveryWindowInDays: 30,
    },
    opts,
  );
  const version = new SecretVersion(
    name,
    { secretId: secret.id, secretString: pulumi.secret(randomBytes(32).toString("hex")) },
    { ...opts, ignoreChanges: ["secretString"], additionalSecretOutputs: ["secretString"] },
  );
  return pulumi.secret(version.secretString.apply((text) => text ?? ""));
}
