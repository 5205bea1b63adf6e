import { describe, expect, test } from "vitest";
import type { Json } from "../../provider-kit/values.ts";
import { hasNoEndpoints, readinessOf, serviceReadiness } from "./readiness.ts";

const object = (apiVersion: string, kind: string, spec: Json, status: Json): Json => ({
  apiVersion,
  kind,
  metadata: { generation: 2 },
  spec,
  status,
});
const condition = (type: string, status: string, rest: Json = {}): Json => ({
  conditions: [{ type, status, ...rest }],
});
const rollout = (change: Json): Json =>
  object(
    "apps/v1",
    "Deployment",
    { replicas: 3 },
    {
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      availableReplicas: 3,
      ...change,
    },
  );
const set = (change: Json, spec: Json = {}): Json =>
  object(
    "apps/v1",
    "StatefulSet",
    { replicas: 2, ...spec },
    {
      observedGeneration: 2,
      readyReplicas: 2,
      updatedReplicas: 0,
      currentRevision: "a",
      updateRevision: "a",
      ...change,
    },
  );
const daemons = (change: Json): Json =>
  object(
    "apps/v1",
    "DaemonSet",
    {},
    {
      observedGeneration: 2,
      desiredNumberScheduled: 2,
      updatedNumberScheduled: 2,
      numberAvailable: 2,
      ...change,
    },
  );
const job = (status: Json, spec: Json = {}): Json => object("batch/v1", "Job", spec, status);
const claim = (phase: string): Json => object("v1", "PersistentVolumeClaim", {}, { phase });
const definition = (status: Json): Json =>
  object("apiextensions.k8s.io/v1", "CustomResourceDefinition", {}, status);

test.each<[string, Json, "ready" | "waiting" | "failed", string?]>([
  ["a rollout that is done", rollout({}), "ready"],
  ["a rollout whose controller lags", rollout({ observedGeneration: 1 }), "waiting", "not seen"],
  ["a rollout with old pods", rollout({ replicas: 4 }), "waiting", "1 pods of an older version"],
  [
    "a rollout with too few new pods",
    rollout({ updatedReplicas: 1, replicas: 3 }),
    "waiting",
    "1 of 3 pods are of",
  ],
  [
    "a rollout with unavailable pods",
    rollout({ availableReplicas: 2 }),
    "waiting",
    "2 of 3 pods are available",
  ],
  [
    "a rollout past its deadline",
    rollout(condition("Progressing", "False", { reason: "ProgressDeadlineExceeded", message: "timed out" })),
    "failed",
    "timed out",
  ],
  ["a paused rollout", object("apps/v1", "Deployment", { paused: true }, {}), "ready"],
  [
    "a rollout to nothing",
    object("apps/v1", "Deployment", { replicas: 0 }, { observedGeneration: 2 }),
    "ready",
  ],
  ["a StatefulSet that is done", set({}), "ready"],
  ["a StatefulSet with unready pods", set({ readyReplicas: 1 }), "waiting", "1 of 2"],
  ["a StatefulSet in between", set({ updateRevision: "b", updatedReplicas: 1 }), "waiting", "1 of 2"],
  [
    "a StatefulSet with a partition",
    set({ updateRevision: "b", updatedReplicas: 1 }, { updateStrategy: { rollingUpdate: { partition: 1 } } }),
    "ready",
  ],
  ["a DaemonSet that is done", daemons({}), "ready"],
  ["a DaemonSet in between", daemons({ updatedNumberScheduled: 1 }), "waiting", "1 of 2"],
  ["a DaemonSet with unavailable pods", daemons({ numberAvailable: 0 }), "waiting", "0 of 2"],
  ["a complete job", job(condition("Complete", "True")), "ready"],
  [
    "a failed job",
    job(condition("Failed", "True", { reason: "BackoffLimitExceeded" })),
    "failed",
    "BackoffLimit",
  ],
  ["a running job", job({ failed: 2 }), "waiting", "2 of its pods failed"],
  ["a suspended job", job({}, { suspend: true }), "ready"],
  ["a bound claim", claim("Bound"), "ready"],
  ["a pending claim", claim("Pending"), "waiting", "Pending"],
  ["a lost claim", claim("Lost"), "failed"],
  ["a ready pod", object("v1", "Pod", {}, condition("Ready", "True")), "ready"],
  ["a pod that ended well", object("v1", "Pod", {}, { phase: "Succeeded" }), "ready"],
  ["a failed pod", object("v1", "Pod", {}, { phase: "Failed", message: "evicted" }), "failed", "evicted"],
  ["an active namespace", object("v1", "Namespace", {}, { phase: "Active" }), "ready"],
  ["an ending namespace", object("v1", "Namespace", {}, { phase: "Terminating" }), "waiting"],
  ["an established definition", definition(condition("Established", "True")), "ready"],
  ["a new definition", definition({}), "waiting"],
  [
    "a definition with a taken name",
    definition(condition("NamesAccepted", "False", { message: "taken" })),
    "failed",
    "taken",
  ],
  ["any other kind", object("v1", "ConfigMap", {}, {}), "ready"],
  ["a kind of another group with a known name", object("example.test/v1", "Job", {}, {}), "ready"],
])("%s", (_name, live, state, reason) => {
  const readiness = readinessOf(live);
  expect(readiness.state).toBe(state);
  if (reason !== undefined) expect("reason" in readiness && readiness.reason).toContain(reason);
});

describe("a Service", () => {
  const service = (spec: Json): Json => object("v1", "Service", spec, {});

  test("is waited for only when pods stand behind an address of its own", () => {
    expect(hasNoEndpoints(service({ selector: { app: "a" } }))).toBe(false);
    expect(hasNoEndpoints(service({ selector: { app: "a" }, clusterIP: "None" }))).toBe(true);
    expect(hasNoEndpoints(service({ selector: {} }))).toBe(true);
    expect(hasNoEndpoints(service({ selector: { app: "a" }, type: "ExternalName" }))).toBe(true);
  });

  test("is ready with one ready endpoint", () => {
    const slice = (...ready: (boolean | undefined)[]): Json => ({
      endpoints: ready.map((value) => ({ conditions: { ready: value } })),
    });
    expect(serviceReadiness([slice(false), slice(false, true)]).state).toBe("ready");
    expect(serviceReadiness([slice(undefined)]).state).toBe("ready");
    expect(serviceReadiness([slice(false)])).toMatchObject({ reason: "no pod that it selects is ready" });
    expect(serviceReadiness([{}])).toMatchObject({ reason: "no pod matches its selector" });
  });
});
