import { type Props, stackRule } from "@mobile-ai-agent/policies-rule-kit";
import { autoscalersOf, namespaceOf, ofType } from "../stack.ts";

const VPA = "kubernetes:autoscaling.k8s.io/v1:VerticalPodAutoscaler";

/** @see https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/known-limitations.md */
export const oneAutoscalerPerMetric = stackRule({
  name: "one-autoscaler-per-metric",
  description:
    "A vertical autoscaler that raises requests lowers the use that the horizontal one measures: on one metric they " +
    "fight. Set the VerticalPodAutoscaler's updateMode to Off, or give it other controlledResources.",
  enforcementLevel: "mandatory",
  *check(resources) {
    for (const vertical of ofType(resources, VPA)) {
      const { spec = {} } = vertical.props;
      if (spec.updatePolicy?.updateMode === "Off") continue;
      const changed = controlledBy(spec);
      const measured = autoscalersOf(resources, namespaceOf(vertical), spec.targetRef ?? {}).flatMap(
        metricsOf,
      );
      const shared = [...new Set(measured)].filter((metric) => changed.has(metric));
      if (shared.length === 0) continue;
      yield {
        resource: vertical,
        wrong: `it changes the ${shared.join(" and ")} requests on which a horizontal autoscaler scales ${spec.targetRef.name}`,
        fix: [{ path: ["spec", "updatePolicy", "updateMode"], value: "Off" }],
      };
    }
  },
});

/** What a vertical autoscaler changes: CPU and memory of every container, unless a policy says otherwise. */
function controlledBy(spec: Props): Set<string> {
  const policies: Props[] = spec.resourcePolicy?.containerPolicies ?? [];
  const everyContainer = policies.some(({ containerName }) => containerName === "*");
  const applied = everyContainer ? policies : [...policies, {}];
  const active = applied.filter(({ mode }) => mode !== "Off");
  return new Set(active.flatMap(({ controlledResources }) => controlledResources ?? ["cpu", "memory"]));
}

/** The resources on whose use, relative to the request, a horizontal autoscaler scales. */
function metricsOf({ props }: { props: Props }): string[] {
  const metrics: Props[] = props.spec?.metrics ?? [];
  return metrics.flatMap(({ resource, containerResource }) => {
    const name = (resource ?? containerResource)?.name;
    return name ? [name] : [];
  });
}
