import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { platformFlows, platformPods, type Surroundings } from "../network/flows.ts";
import { networkPolicies } from "../network/policies.ts";

export interface NetworkPoliciesArgs extends Surroundings {
  readonly namespace: pulumi.Input<string>;
}

/** Closes the namespace both ways, except for the flows between the services. */
export class NetworkPolicies extends pulumi.ComponentResource {
  /** Name of the namespace, known once it is closed: what is made in it with this name never ran without policies. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: NetworkPoliciesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:NetworkPolicies", name, {}, opts);
    const policies = networkPolicies(platformPods(args), platformFlows(args)).map(
      (policy) =>
        new NetworkPolicy(
          policy.name,
          { metadata: { name: policy.name, namespace: args.namespace }, spec: policy.spec },
          { parent: this },
        ),
    );
    this.namespace = pulumi
      .all([args.namespace, ...policies.map((policy) => policy.metadata.namespace)])
      .apply(([namespace]) => namespace as string);
    this.registerOutputs();
  }
}
