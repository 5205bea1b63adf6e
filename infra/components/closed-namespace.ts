import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
import type { networking } from "@pulumi/kubernetes/types/input.js";
import * as pulumi from "@pulumi/pulumi";
import { createNamespace } from "./namespace.ts";

/**
 * A namespace for one kind of pod: nothing gets in or out but what is said.
 *
 * @returns its name, known once it is closed
 */
export function createClosedNamespace(
  name: string,
  flows: Pick<networking.v1.NetworkPolicySpec, "ingress" | "egress">,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const namespace = createNamespace(name, opts).metadata.name;
  const policyTypes = ["Ingress", "Egress"];
  const specs = {
    "default-deny": { podSelector: {}, policyTypes },
    allowed: { podSelector: {}, policyTypes, ...flows },
  };
  const policies = Object.entries(specs).map(
    ([policy, spec]) =>
      new NetworkPolicy(`${name}-${policy}`, { metadata: { name: policy, namespace }, spec }, opts),
  );
  return pulumi
    .all([namespace, ...policies.map(({ metadata }) => metadata.namespace)])
    .apply(([known]) => known as string);
}
