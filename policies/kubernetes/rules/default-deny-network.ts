import { type StackResource, stackRule } from "@mobile-ai-agent/policies-rule-kit";
import { WORKLOADS } from "../pods.ts";
import { namespaceOf, ofType } from "../stack.ts";

const POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const DIRECTIONS = ["Ingress", "Egress"];

/** @see https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-policies */
export const defaultDenyNetwork = stackRule({
  name: "default-deny-network",
  description:
    "Pods that no NetworkPolicy selects reach everything and are reached by everything. Deny both directions in every " +
    "namespace with workloads, then allow each connection that is meant.",
  enforcementLevel: "mandatory",
  *check(resources) {
    const policies = ofType(resources, POLICY);
    const seen = new Set<string>();
    for (const workload of ofType(resources, ...WORKLOADS)) {
      const namespace = namespaceOf(workload);
      if (seen.has(namespace)) continue;
      seen.add(namespace);
      const own = policies.filter((policy) => namespaceOf(policy) === namespace);
      const open = DIRECTIONS.filter((direction) => !own.some((policy) => deniesAll(policy, direction)));
      if (open.length === 0) continue;
      const props = {
        metadata: { name: "default-deny", namespace },
        spec: { podSelector: {}, policyTypes: open },
      };
      yield {
        resource: workload,
        wrong: `nothing denies ${open.join(" and ").toLowerCase()} by default in namespace ${namespace}`,
        fix: [{ add: { type: POLICY, name: "default-deny", props } }],
      };
    }
  },
});

/** Whether the policy selects every pod and allows nothing in that direction. */
function deniesAll({ props }: StackResource, direction: string): boolean {
  const { podSelector = {}, policyTypes = ["Ingress"], ingress, egress } = props.spec ?? {};
  const everyPod =
    !Object.keys(podSelector.matchLabels ?? {}).length && !podSelector.matchExpressions?.length;
  const rules = direction === "Ingress" ? ingress : egress;
  return everyPod && policyTypes.includes(direction) && !rules?.length;
}
