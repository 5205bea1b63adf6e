import { at, isObject, type Json, listAt, numberAt, textAt } from "../../provider-kit/values.ts";

/** What an object's own status says about whether it does its work. */
export type Readiness =
  | { readonly state: "ready" }
  /** @param reason what it waits for, for a person. */
  | { readonly state: "waiting"; readonly reason: string }
  /** It will never get ready by waiting. */
  | { readonly state: "failed"; readonly reason: string };

const READY: Readiness = { state: "ready" };
const waiting = (reason: string): Readiness => ({ state: "waiting", reason });
const failed = (reason: string): Readiness => ({ state: "failed", reason });

/** By kind; a kind that is absent is ready once it exists. */
const CHECKS: Readonly<Record<string, (live: Json) => Readiness>> = {
  "apps/Deployment": deployment,
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "batch/Job": job,
  "/Pod": pod,
  "/PersistentVolumeClaim": claim,
  "/Namespace": namespace,
  "apiextensions.k8s.io/CustomResourceDefinition": definition,
};

/** @returns `group/Kind` of an object, the group empty for the core one. */
export function groupKind(object: Json): string {
  const apiVersion = String(object.apiVersion);
  return `${apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : ""}/${object.kind}`;
}

/** Judges an object by its status alone. */
export function readinessOf(live: Json): Readiness {
  return CHECKS[groupKind(live)]?.(live) ?? READY;
}

/** @returns true when the object's controller has seen its latest version. */
function isObserved(live: Json): boolean {
  return numberAt(live, "status", "observedGeneration") >= numberAt(live, "metadata", "generation");
}

function replicasOf(live: Json): number {
  const wanted = at(live, "spec", "replicas");
  return typeof wanted === "number" ? wanted : 1;
}

function condition(live: Json, type: string): Json | undefined {
  return listAt(live, "status", "conditions").find((item) => item.type === type);
}

function explain(item: Json): string {
  return [item.reason, item.message].filter(Boolean).join(": ");
}

function deployment(live: Json): Readiness {
  if (at(live, "spec", "paused") === true) return READY;
  if (!isObserved(live)) return waiting("the controller has not seen this version yet");
  const progressing = condition(live, "Progressing");
  if (progressing?.reason === "ProgressDeadlineExceeded") return failed(explain(progressing));
  const wanted = replicasOf(live);
  const updated = numberAt(live, "status", "updatedReplicas");
  const available = numberAt(live, "status", "availableReplicas");
  const total = numberAt(live, "status", "replicas");
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are of this version`);
  if (total > updated) return waiting(`${total - updated} pods of an older version are still there`);
  if (available < wanted) return waiting(`${available} of ${wanted} pods are available`);
  return READY;
}

function statefulSet(live: Json): Readiness {
  if (!isObserved(live)) return waiting("the controller has not seen this version yet");
  const wanted = replicasOf(live);
  const ready = numberAt(live, "status", "readyReplicas");
  if (ready < wanted) return waiting(`${ready} of ${wanted} pods are ready`);
  if (textAt(live, "spec", "updateStrategy", "type") === "OnDelete") return READY;
  const partition = numberAt(live, "spec", "updateStrategy", "rollingUpdate", "partition");
  const due = Math.max(0, wanted - partition);
  const isCurrent = textAt(live, "status", "currentRevision") === textAt(live, "status", "updateRevision");
  const updated = isCurrent ? wanted : numberAt(live, "status", "updatedReplicas");
  return updated < due ? waiting(`${updated} of ${due} pods are of this version`) : READY;
}

function daemonSet(live: Json): Readiness {
  if (!isObserved(live)) return waiting("the controller has not seen this version yet");
  const wanted = numberAt(live, "status", "desiredNumberScheduled");
  const updated = numberAt(live, "status", "updatedNumberScheduled");
  const available = numberAt(live, "status", "numberAvailable");
  const isRolling = textAt(live, "spec", "updateStrategy", "type") !== "OnDelete";
  if (isRolling && updated < wanted) return waiting(`${updated} of ${wanted} pods are of this version`);
  if (available < wanted) return waiting(`${available} of ${wanted} pods are available`);
  return READY;
}

function job(live: Json): Readiness {
  if (at(live, "spec", "suspend") === true) return READY;
  const failure = condition(live, "Failed");
  if (failure?.status === "True") return failed(explain(failure) || "the job failed");
  if (condition(live, "Complete")?.status === "True") return READY;
  const failures = numberAt(live, "status", "failed");
  return waiting(`the job is not complete${failures ? `; ${failures} of its pods failed` : ""}`);
}

function pod(live: Json): Readiness {
  const phase = textAt(live, "status", "phase");
  if (phase === "Succeeded" || condition(live, "Ready")?.status === "True") return READY;
  if (phase === "Failed") return failed(textAt(live, "status", "message") ?? "the pod failed");
  return waiting(`the pod is ${phase ?? "not scheduled"}`);
}

function claim(live: Json): Readiness {
  const phase = textAt(live, "status", "phase");
  if (phase === "Bound") return READY;
  return phase === "Lost"
    ? failed("its volume is lost")
    : waiting(`the claim is ${phase ?? "new"}, not Bound`);
}

function namespace(live: Json): Readiness {
  const phase = textAt(live, "status", "phase");
  return phase === "Active" ? READY : waiting(`the namespace is ${phase ?? "new"}`);
}

function definition(live: Json): Readiness {
  const rejected = condition(live, "NamesAccepted");
  if (rejected?.status === "False") return failed(explain(rejected));
  return condition(live, "Established")?.status === "True"
    ? READY
    : waiting("the definition is not served yet");
}

/** @returns true when a Service has no endpoints to wait for: those are named elsewhere, or nowhere. */
export function hasNoEndpoints(service: Json): boolean {
  const selector = at(service, "spec", "selector");
  const hasSelector = isObject(selector) && Object.keys(selector).length > 0;
  const type = textAt(service, "spec", "type");
  return !hasSelector || type === "ExternalName" || textAt(service, "spec", "clusterIP") === "None";
}

/** @param slices the EndpointSlices of the Service. */
export function serviceReadiness(slices: readonly Json[]): Readiness {
  const endpoints = slices.flatMap((slice) => listAt(slice, "endpoints"));
  // An absent condition means ready (discovery.k8s.io/v1 EndpointConditions).
  if (endpoints.some((endpoint) => at(endpoint, "conditions", "ready") !== false)) return READY;
  return waiting(endpoints.length === 0 ? "no pod matches its selector" : "no pod that it selects is ready");
}
