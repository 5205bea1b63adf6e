import { get } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import type { StepContext } from "./progress.ts";
import { CommandFailure } from "./ui/failure.ts";

const LIMIT_MS = 5 * 60_000;

export interface WorkloadReadiness {
  readonly kind: string;
  readonly name: string;
  readonly ready: number;
  /** Replicas that there should be: the autoscaler's minimum where there is one. */
  readonly wanted: number;
}

export interface ClusterAccess {
  readonly kubectl: string;
  readonly kubeconfig: string;
  readonly context?: string | undefined;
  readonly namespace: string;
}

interface PodTemplate {
  spec: { initContainers?: { image: string }[]; containers: { image: string }[] };
}

export interface KubernetesObject {
  kind: string;
  metadata: { name: string; generation?: number };
  spec: {
    replicas?: number;
    minReplicas?: number;
    scaleTargetRef?: { kind: string; name: string };
    template?: PodTemplate;
    jobTemplate?: { spec: { template: PodTemplate } };
  };
  status?: {
    replicas?: number;
    readyReplicas?: number;
    updatedReplicas?: number;
    observedGeneration?: number;
  };
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
export async function readWorkloads(cluster: ClusterAccess): Promise<WorkloadReadiness[]> {
  return workloadReadiness(
    await readObjects(cluster, ["deployments", "statefulsets", "horizontalpodautoscalers"]),
  );
}

/** @returns the objects of these kinds in the namespace, by the API server. */
export async function readObjects(
  cluster: ClusterAccess,
  kinds: readonly string[],
): Promise<KubernetesObject[]> {
  const { stdout } = await execa(
    cluster.kubectl,
    [
      ...(cluster.context ? ["--context", cluster.context] : []),
      ...["get", kinds.join(","), "-n", cluster.namespace, "-o", "json"],
      "--request-timeout=10s",
    ],
    { env: { KUBECONFIG: cluster.kubeconfig } },
  );
  return JSON.parse(stdout).items;
}

/**
 * Awaits that every workload has all the pods that it should have.
 *
 * @returns "17 pods ready"
 * @throws CommandFailure naming what is not ready after five minutes.
 */
export async function awaitWorkloads(cluster: ClusterAccess, ctx: StepContext): Promise<string> {
  for (const end = Date.now() + LIMIT_MS; ; ) {
    ctx.signal.throwIfAborted();
    const workloads = await readWorkloads(cluster);
    const waiting = workloads.filter((workload) => !isReady(workload));
    if (workloads.length > 0 && waiting.length === 0) {
      return `${workloads.reduce((sum, { ready }) => sum + ready, 0)} pods ready`;
    }
    const names = waiting.map(({ name, ready, wanted }) => `${name} ${ready}/${wanted}`).join(", ");
    if (Date.now() > end) {
      throw new CommandFailure(
        `not ready after ${LIMIT_MS / 60_000} minutes: ${names}; see \`npm run kubectl -- describe pods\``,
      );
    }
    ctx.report(`awaiting ${names}`);
    await sleep(1000, undefined, { signal: ctx.signal });
  }
}

/**
 * Awaits that the platform answers at its address with a certificate of its own authority, or, without one, of an
 * authority that Node trusts.
 *
 * @throws CommandFailure with the last problem after five minutes.
 */
export async function awaitAddress(
  url: string,
  options: { caCertificate?: string | undefined; signal: AbortSignal },
): Promise<void> {
  let problem: unknown;
  for (const end = Date.now() + LIMIT_MS; Date.now() < end; ) {
    options.signal.throwIfAborted();
    try {
      // Without a token: that the gateway and the service behind it refuse it shows that both are there.
      const status = await statusOf(new URL("/api/session", url), options.caCertificate);
      if (status === 401) return;
      problem = new Error(`it answered ${status}`);
    } catch (error) {
      problem = error;
    }
    await sleep(500, undefined, { signal: options.signal });
  }
  throw new CommandFailure(`${url} does not answer`, { cause: problem });
}

function statusOf(url: URL, ca: string | undefined): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = get(url, { ...(ca && { ca }), agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once("timeout", () => request.destroy(new Error("no answer within 5 s")));
    request.once("error", reject);
  });
}
