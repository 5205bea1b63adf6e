import { describe, expect, it } from "vitest";
import { isReady, workloadReadiness } from "./readiness.ts";

const deployment = (readyReplicas: number, replicas = 1) => ({
  kind: "Deployment",
  metadata: { name: "gateway" },
  spec: { replicas },
  status: { readyReplicas },
});
const autoscaler = (minReplicas: number) => ({
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "gateway" },
  spec: { minReplicas, scaleTargetRef: { kind: "Deployment", name: "gateway" } },
});

describe("workload readiness", () => {
  it("is not reached below the autoscaler's minimum, though the Deployment has all it asked for", () => {
    const [workload] = workloadReadiness([deployment(1), autoscaler(3)]);
    expect(workload).toEqual({ kind: "Deployment", name: "gateway", ready: 1, wanted: 3 });
    expect(workload && isReady(workload)).toBe(false);
  });

  it("is reached at the autoscaler's minimum", () => {
    expect(workloadReadiness([deployment(3, 3), autoscaler(3)]).every(isReady)).toBe(true);
  });

  it("counts a workload without status as not ready", () => {
    const [workload] = workloadReadiness([{ kind: "StatefulSet", metadata: { name: "redis" }, spec: {} }]);
    expect(workload).toMatchObject({ ready: 0, wanted: 1 });
  });
});
