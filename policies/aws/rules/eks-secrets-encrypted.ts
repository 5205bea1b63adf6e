import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** @see https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html */
export const eksSecretsEncrypted = resourceRule({
  name: "eks-secrets-encrypted",
  description:
    "Kubernetes Secrets are base64 in etcd. Encrypt them with a KMS key of the project's own, whose use is logged.",
  enforcementLevel: "mandatory",
  types: ["aws:eks/cluster:Cluster"],
  *check({ encryptionConfig }) {
    if (encryptionConfig?.resources?.includes("secrets")) return;
    const of = (keyArn: string) => ({ provider: { keyArn }, resources: ["secrets"] });
    yield {
      wrong: "its Secrets are not encrypted with a KMS key",
      fix: [
        {
          path: ["encryptionConfig"],
          value: of("<ARN of a KMS key>"),
          example: of("arn:aws:kms:eu-central-1:123456789012:key/example"),
        },
      ],
    };
  },
});
