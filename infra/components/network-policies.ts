import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { PLATFORM_PODS, platformFlows } from "../network/flows.ts";
import { networkPolicies } from "../network/policies.ts";

export interface NetworkPoliciesArgs {
  readonly namespace: pulumi.Input<string>;
  /** Namespace of the cluster's ingress controller. */
  readonly ingressNamespace: string;
}

/** Closes the namespace both ways, except for the flows between the services. */
export class NetworkPolicies extends pulumi.ComponentResource {
  /** Name of the namespace, known once it is closed: what is made in it with this name never ran without policies. */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: NetworkPoliciesArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:NetworkPolicies", name, {}, opts);
    const policies = networkPolicies(PLATFORM_PODS, platformFlows(args.ingressNamespace)).map(
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
