interface CronJob {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly jobTemplate: {
      readonly metadata?: { readonly labels?: Record<string, string> };
      readonly spec: {
        readonly template: {
          readonly metadata?: object;
          readonly spec: { readonly containers: readonly object[] };
        };
      };
    };
  };
}

/** @returns a Job like those that the CronJob makes, whose container gets other arguments. */
export function jobFrom(cronJob: CronJob, name: string, args: readonly string[]): object {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  const containers = spec.template.spec.containers.map((container) => ({ ...container, args }));
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name,
      labels: metadata?.labels ?? {},
      // As `kubectl create job --from` marks them.
      annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
    },
    spec: {
      ...spec,
      // Should this process not come to remove it.
      ttlSecondsAfterFinished: 3600,
      template: { ...spec.template, spec: { ...spec.template.spec, containers } },
    },
  };
}

export interface Pod {
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly state?: {
        readonly waiting?: { readonly reason?: string; readonly message?: string };
        readonly terminated?: { readonly exitCode: number; readonly reason?: string };
      };
    }[];
  };
}

/** @returns why a pod's container does not run yet, or undefined once it has a log. */
export function waitingReason(pod: Pod | undefined): string | undefined {
  if (!pod) return "there is no pod yet";
  const { phase, conditions = [], containerStatuses = [] } = pod.status ?? {};
  if (phase && phase !== "Pending") return undefined;
  const { reason, message } = containerStatuses[0]?.state?.waiting ?? {};
  const unscheduled = conditions.find(({ type, status }) => type === "PodScheduled" && status === "False");
  return (
    [reason, message ?? unscheduled?.message].filter(Boolean).join(": ") || "the pod is not scheduled yet"
  );
}

/** @returns the exit status of a pod's container and what ended it, or undefined while it runs. */
export function endOf(pod: Pod | undefined): { exitCode: number; reason: string } | undefined {
  const terminated = pod?.status?.containerStatuses?.[0]?.state?.terminated;
  if (terminated) return { exitCode: terminated.exitCode, reason: terminated.reason ?? "" };
  if (pod?.status?.phase === "Failed") return { exitCode: 1, reason: "the pod failed" };
  return undefined;
}
