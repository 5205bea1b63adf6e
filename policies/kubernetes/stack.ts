import type { Props, StackResource } from "@mobile-ai-agent/policies-rule-kit";

export const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
export const STATEFUL_SET = "kubernetes:apps/v1:StatefulSet";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";

export const namespaceOf = ({ props }: StackResource): string => props.metadata?.namespace ?? "default";

export const ofType = (resources: readonly StackResource[], ...types: string[]) =>
  resources.filter(({ type }) => types.includes(type));

/** Whether two references (`scaleTargetRef`, `targetRef`) name the same object; versions of its API don't matter. */
export const sameTarget = (one: Props | undefined, other: Props | undefined): boolean =>
  one !== undefined && one.kind === other?.kind && one.name === other?.name;

/** @returns the horizontal autoscalers of what the reference names, in the namespace. */
export function autoscalersOf(resources: readonly StackResource[], namespace: string, target: Props) {
  return ofType(resources, AUTOSCALER).filter(
    (autoscaler) =>
      namespaceOf(autoscaler) === namespace && sameTarget(autoscaler.props.spec?.scaleTargetRef, target),
  );
}
