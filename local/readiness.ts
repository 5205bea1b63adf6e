import { execa } from "execa";

export interface WorkloadReadiness {
  readonly kind: string;
  readonly name: string;
  readonly ready: number;
  /** Replicas that there should be: the autoscaler's minimum where there is one. */
  readonly wanted: number;
}

interface KubernetesObject {
  kind: string;
  metadata: { name: string };
  spec: { replicas?: number; minReplicas?: number; scaleTargetRef?: { kind: string; name: string } };
  status?: { readyReplicas?: number; updatedReplicas?: number; observedGeneration?: number };
}

/** Pairs each Deployment and StatefulSet with its autoscaler's minimum. */
export function workloadReadiness(objects: readonly KubernetesObject[]): WorkloadReadiness[] {
  const minimum = new Map<string, number>();
  for (const { kind, spec } of objects) {
    if (kind !== "HorizontalPodAutoscaler" || !spec.scaleTargetRef) continue;
    minimum.set(`${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`, spec.minReplicas ?? 1);
  }
  return objects
    .filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")
    .map(({ kind, metadata: { name }, spec, status }) => ({
      kind,
      name,
      ready: status?.readyReplicas ?? 0,
      wanted: Math.max(spec.replicas ?? 1, minimum.get(`${kind}/${name}`) ?? 0),
    }));
}

export const isReady = ({ ready, wanted }: WorkloadReadiness): boolean => ready >= wanted;

/**
 * @returns the readiness of every workload in the namespace, by the API server.
 * @throws when the API server does not answer.
 */
export async function readWorkloads(cluster: {
  kubectl: string;
  kubeconfig: string;
  context?: string | undefined;
  namespace: string;
}): Promise<WorkloadReadiness[]> {
  const { stdout } = await execa(
    cluster.kubectl,
    [
      ...(cluster.context ? ["--context", cluster.context] : []),
      ...["get", "deployments,statefulsets,horizontalpodautoscalers", "-n", cluster.namespace, "-o", "json"],
      "--request-timeout=10s",
    ],
    { env: { KUBECONFIG: cluster.kubeconfig } },
  );
  return workloadReadiness(JSON.parse(stdout).items);
}
