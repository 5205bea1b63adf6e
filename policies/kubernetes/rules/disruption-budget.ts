import { isDeepStrictEqual } from "node:util";
import { type StackResource, stackRule } from "@mobile-ai-agent/policies-rule-kit";
import { autoscalersOf, DEPLOYMENT, namespaceOf, ofType, STATEFUL_SET } from "../stack.ts";

const BUDGET = "kubernetes:policy/v1:PodDisruptionBudget";

export const disruptionBudget = stackRule({
  name: "disruption-budget",
  description:
    "Without a PodDisruptionBudget a node's maintenance may evict all replicas at once. Give every workload of more " +
    "than one replica a budget on its pods.",
  enforcementLevel: "mandatory",
  *check(resources) {
    for (const workload of ofType(resources, DEPLOYMENT, STATEFUL_SET)) {
      const replicas = replicasOf(workload, resources);
      const { selector } = workload.props.spec ?? {};
      if (replicas < 2 || ofType(resources, BUDGET).some((budget) => protects(budget, workload))) continue;
      const { name = workload.name } = workload.props.metadata ?? {};
      const metadata = { name, namespace: namespaceOf(workload) };
      yield {
        resource: workload,
        wrong: `no PodDisruptionBudget protects its ${replicas} replicas`,
        fix: [{ add: { type: BUDGET, name, props: { metadata, spec: { maxUnavailable: 1, selector } } } }],
      };
    }
  },
});

/** The least number of pods: an autoscaler's, where there is one. */
function replicasOf(workload: StackResource, resources: readonly StackResource[]): number {
  const kind = workload.type.split(":").at(-1);
  const target = { kind, name: workload.props.metadata?.name ?? workload.name };
  const autoscalers = autoscalersOf(resources, namespaceOf(workload), target);
  const minimums = autoscalers.map(({ props }) => props.spec.minReplicas ?? 1);
  return Math.max(workload.props.spec?.replicas ?? 1, ...minimums);
}

function protects(budget: StackResource, workload: StackResource): boolean {
  if (namespaceOf(budget) !== namespaceOf(workload)) return false;
  const chosen = budget.props.spec?.selector;
  const labels: Record<string, string> = workload.props.spec?.template?.metadata?.labels ?? {};
  if (isDeepStrictEqual(chosen, workload.props.spec?.selector)) return true;
  const wanted = Object.entries(chosen?.matchLabels ?? {});
  return (
    chosen !== undefined && !chosen.matchExpressions && wanted.every(([key, value]) => labels[key] === value)
  );
}
