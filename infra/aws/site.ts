import type { Provider } from "@pulumi/aws/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Network } from "./network.ts";

/** What everything on AWS stands on: an account, a region, a network and keys. */
export interface AwsSite {
  readonly provider: Provider;
  readonly accountId: string;
  readonly region: string;
  readonly network: Network;
  /** ARN of the key that encrypts databases, volumes and secrets. */
  readonly dataKey: pulumi.Input<string>;
  /** ARN of the key that encrypts logs. */
  readonly logKey: pulumi.Input<string>;
  readonly clusterName: pulumi.Output<string>;
  /** Security group of the nodes, and so of the pods. */
  readonly nodes: pulumi.Output<string>;
  /** Auto Scaling group of the nodes. */
  readonly nodeGroup: pulumi.Output<string>;
}
