import { LifecyclePolicy } from "@pulumi/aws/ecr/lifecyclePolicy.js";
import { Repository } from "@pulumi/aws/ecr/repository.js";
import * as pulumi from "@pulumi/pulumi";
import { createKey } from "./encryption-key.ts";

export interface RepositoriesArgs {
  readonly accountId: string;
  /** One repository each, `mobile-ai-agent/<name>`. */
  readonly images: readonly string[];
}

/** Images without a tag are what a push left behind that was not finished. */
const LIFECYCLE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: "Remove what has no tag after a week",
      selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: 7 },
      action: { type: "expire" },
    },
  ],
});

/** Where the platform's images are pushed to and pulled from: tags that don't move, scanned, encrypted. */
export class Repositories extends pulumi.ComponentResource {
  constructor(name: string, args: RepositoriesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:aws:Repositories", name, {}, opts);
    const parent = { parent: this };
    const { accountId } = args;
    const key = createKey("images", { accountId, description: "Container images" }, parent);
    for (const image of args.images) {
      const repository = new Repository(
        image,
        {
          name: `mobile-ai-agent/${image}`,
          imageTagMutability: "IMMUTABLE",
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: "KMS", kmsKey: key.arn }],
        },
        parent,
      );
      new LifecyclePolicy(image, { repository: repository.name, policy: LIFECYCLE }, parent);
    }
    this.registerOutputs();
  }
}
