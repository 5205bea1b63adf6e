import type { Path, Props } from "@mobile-ai-agent/policies-rule-kit";

/** Where each kind of workload has its pod's specification. */
const POD_PATHS: Readonly<Record<string, Path>> = {
  "kubernetes:core/v1:Pod": ["spec"],
  "kubernetes:apps/v1:Deployment": ["spec", "template", "spec"],
  "kubernetes:apps/v1:StatefulSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:DaemonSet": ["spec", "template", "spec"],
  "kubernetes:apps/v1:ReplicaSet": ["spec", "template", "spec"],
  "kubernetes:batch/v1:Job": ["spec", "template", "spec"],
  "kubernetes:batch/v1:CronJob": ["spec", "jobTemplate", "spec", "template", "spec"],
};

/** Type tokens of everything that makes pods. */
export const WORKLOADS = Object.keys(POD_PATHS);

/** Those whose pods serve until they are told to stop, so that probes mean something. */
export const LONG_RUNNING = [
  "kubernetes:apps/v1:Deployment",
  "kubernetes:apps/v1:StatefulSet",
  "kubernetes:apps/v1:DaemonSet",
];

export interface Place {
  readonly value: Props;
  readonly path: Path;
}

/** @returns the pod's specification and where it is. */
export function podOf(props: Props, type: string): Place {
  const path = POD_PATHS[type] ?? [];
  let value: Props = props;
  for (const key of path) value = value?.[key] ?? {};
  return { value, path };
}

/** @returns every container, those that start first included, with its name for messages. */
export function containersOf(props: Props, type: string): (Place & { readonly title: string })[] {
  const pod = podOf(props, type);
  return ["initContainers", "containers"].flatMap((list) =>
    ((pod.value[list] ?? []) as Props[]).map((value, index) => ({
      value,
      path: [...pod.path, list, index],
      title: `container ${JSON.stringify(value.name)}`,
    })),
  );
}
