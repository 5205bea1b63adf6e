import { at, isObject, type Json, listAt, textAt } from "../../provider-kit/values.ts";
import type { KubernetesClient } from "../client.ts";
import { groupKind } from "./readiness.ts";

const MOST_REASONS = 12;
const MOST_EVENTS = 5;
const LONGEST_LOG = 600;

/** @returns why a pod doesn't run, from its status: one line a cause, none when it runs. */
export function podReasons(pod: Json): string[] {
  const name = textAt(pod, "metadata", "name") ?? "?";
  const scheduled = listAt(pod, "status", "conditions").find((item) => item.type === "PodScheduled");
  const reasons: string[] = [];
  if (scheduled?.status === "False")
    reasons.push(`pod ${name}: ${join(scheduled.reason, scheduled.message)}`);
  const statuses = [
    ...listAt(pod, "status", "initContainerStatuses"),
    ...listAt(pod, "status", "containerStatuses"),
  ];
  for (const status of statuses) reasons.push(...containerReasons(name, status));
  if (reasons.length === 0 && textAt(pod, "status", "phase") === "Failed") {
    reasons.push(`pod ${name}: ${join(at(pod, "status", "reason"), at(pod, "status", "message"))}`);
  }
  return reasons;
}

function containerReasons(pod: string, status: Json): string[] {
  const container = `pod ${pod}, container ${status.name}`;
  const stopped = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  const stop = isObject(stopped) && stopped.exitCode !== 0 ? describeStop(stopped) : "";
  const state = at(status, "state", "waiting");
  if (isObject(state) && state.reason !== "ContainerCreating" && state.reason !== "PodInitializing") {
    return [`${container}: ${join(state.reason, state.message)}${stop && `; ${stop}`}`];
  }
  if (stop) return [`${container}: ${stop}`];
  const isRunning = isObject(at(status, "state", "running"));
  return isRunning && status.ready === false
    ? [`${container}: runs, but its readiness probe does not pass`]
    : [];
}

function describeStop(stopped: Json): string {
  const message = String(stopped.message ?? "")
    .trim()
    .slice(-LONGEST_LOG);
  return `last stop: ${join(stopped.reason, `exit code ${stopped.exitCode}`)}${message && `: ${message}`}`;
}

function join(...parts: unknown[]): string {
  return parts.filter(Boolean).join(": ");
}

/**
 * Asks the cluster why an object is not ready: its pods' states and the last warnings about it and them.
 * Never throws: a reason that can't be had is left out.
 */
export async function collectReasons(client: KubernetesClient, live: Json): Promise<string[]> {
  const pods = await podsOf(client, live).catch(() => []);
  const states = pods.flatMap(podReasons);
  const warnings = await warningsOf(client, [live, ...pods]).catch(() => []);
  return [...new Set([...states, ...warnings])].slice(0, MOST_REASONS);
}

async function podsOf(client: KubernetesClient, live: Json): Promise<Json[]> {
  if (groupKind(live) === "/Pod") return [live];
  const isService = groupKind(live) === "/Service";
  const labels = isService ? at(live, "spec", "selector") : at(live, "spec", "selector", "matchLabels");
  if (!isObject(labels) || Object.keys(labels).length === 0) return [];
  const labelSelector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  return client.list({ apiVersion: "v1", kind: "Pod", ...namespaceOf(live) }, { labelSelector });
}

async function warningsOf(client: KubernetesClient, objects: readonly Json[]): Promise<string[]> {
  const owner = objects[0];
  if (!owner) return [];
  const uids = new Set(objects.map((object) => textAt(object, "metadata", "uid")));
  const events = await client.list(
    { apiVersion: "v1", kind: "Event", ...namespaceOf(owner) },
    { fieldSelector: "type=Warning" },
  );
  // A ReplicaSet stands between a Deployment and its pods and reports what kept it from making them.
  const prefix = `${textAt(owner, "metadata", "name")}-`;
  return events
    .filter((event) => {
      const uid = textAt(event, "involvedObject", "uid");
      const isReplicaSet = textAt(event, "involvedObject", "kind") === "ReplicaSet";
      return uids.has(uid) || (isReplicaSet && textAt(event, "involvedObject", "name")?.startsWith(prefix));
    })
    .sort((a, b) => eventTime(a).localeCompare(eventTime(b)))
    .slice(-MOST_EVENTS)
    .map(
      (event) =>
        `${textAt(event, "involvedObject", "kind")} ${textAt(event, "involvedObject", "name")}: ` +
        join(event.reason, event.message),
    );
}

function eventTime(event: Json): string {
  const series = textAt(event, "series", "lastObservedTime");
  return series ?? textAt(event, "lastTimestamp") ?? textAt(event, "eventTime") ?? "";
}

function namespaceOf(live: Json): { namespace?: string } {
  const namespace = textAt(live, "metadata", "namespace");
  return namespace === undefined ? {} : { namespace };
}
