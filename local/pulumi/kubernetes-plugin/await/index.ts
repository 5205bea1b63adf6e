import { setTimeout as delay } from "node:timers/promises";
import { type Json, textAt } from "../../provider-kit/values.ts";
import { type KubernetesClient, type ObjectRef, refOf, UnreachableError } from "../client.ts";
import { groupKind, hasNoEndpoints, type Readiness, readinessOf, serviceReadiness } from "./readiness.ts";
import { collectReasons } from "./reasons.ts";

const DEFAULT_TIMEOUT_SECONDS = 600;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
/** A restarting API server is no reason to give up; one that stays away is. */
const LONGEST_OUTAGE_MS = 60_000;

export interface AwaitOptions {
  readonly client: KubernetesClient;
  /** Seconds, from the resource's `customTimeouts`; 0 when it has none. */
  readonly timeoutSeconds: number;
  /** Aborted when the engine cancels the operation. */
  readonly signal: AbortSignal;
}

/** An object exists, but does not get ready. */
export class NotReadyError extends Error {
  /** The object as it was last seen. */
  readonly live: Json;
  /** What it waits for, then what the cluster says about it. */
  readonly reasons: readonly string[];
  constructor(live: Json, reasons: readonly string[]) {
    super(reasons.join("\n"));
    this.name = "NotReadyError";
    this.live = live;
    this.reasons = reasons;
  }
}

/**
 * Waits until an object does its work.
 *
 * @param live the object as it was answered when it was made.
 * @returns the object as it is then.
 * @throws NotReadyError when it fails, when the time is over and when the engine cancels.
 */
export async function awaitReady(live: Json, options: AwaitOptions): Promise<Json> {
  if (annotation(live, "pulumi.com/skipAwait") === "true") return live;
  const seconds = timeoutOf(live, options.timeoutSeconds);
  const deadline = Date.now() + seconds * 1000;
  let current = live;
  let answeredAt = Date.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    let readiness: Readiness = { state: "waiting", reason: "the API server does not answer" };
    try {
      readiness = await judge(current, options.client);
      answeredAt = Date.now();
    } catch (error) {
      if (!(error instanceof UnreachableError) || Date.now() - answeredAt > LONGEST_OUTAGE_MS) {
        throw new NotReadyError(current, [String(error)]);
      }
    }
    if (readiness.state === "ready") return current;
    const cause = giveUpCause(readiness, options.signal, deadline, seconds);
    if (cause) throw new NotReadyError(current, [cause, ...(await collectReasons(options.client, current))]);
    await delay(pause, undefined, { signal: options.signal }).catch(() => undefined);
    current = await reload(current, options.client);
  }
}

/** @returns why an object that exists is not ready at this moment; none when it is, or nobody waits for it. */
export async function unreadyReasons(live: Json, client: KubernetesClient): Promise<string[]> {
  if (annotation(live, "pulumi.com/skipAwait") === "true") return [];
  const readiness = await judge(live, client);
  return readiness.state === "ready" ? [] : [readiness.reason, ...(await collectReasons(client, live))];
}

/** Waits until the object is gone. @throws Error naming what holds it when the time is over or the engine cancels. */
export async function awaitGone(
  ref: ObjectRef,
  uid: string | undefined,
  options: AwaitOptions,
): Promise<void> {
  const seconds = options.timeoutSeconds || DEFAULT_TIMEOUT_SECONDS;
  const deadline = Date.now() + seconds * 1000;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const live = await options.client.get(ref);
    // Another object of this name is none of ours.
    if (!live || (uid !== undefined && textAt(live, "metadata", "uid") !== uid)) return;
    if (options.signal.aborted || Date.now() > deadline) {
      const finalizers = (live.metadata as Json | undefined)?.finalizers;
      const held =
        Array.isArray(finalizers) && finalizers.length > 0 ? `; held by ${finalizers.join(", ")}` : "";
      const cause = options.signal.aborted
        ? "stopped while it was being deleted"
        : `not gone after ${seconds} s`;
      throw new Error(`${ref.kind} ${ref.name} is ${cause}${held}`);
    }
    await delay(pause, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

function giveUpCause(
  readiness: Exclude<Readiness, { state: "ready" }>,
  signal: AbortSignal,
  deadline: number,
  seconds: number,
): string | undefined {
  if (readiness.state === "failed") return readiness.reason;
  if (signal.aborted) return `stopped while waiting: ${readiness.reason}`;
  return Date.now() > deadline ? `not ready after ${seconds} s: ${readiness.reason}` : undefined;
}

async function judge(live: Json, client: KubernetesClient): Promise<Readiness> {
  switch (groupKind(live)) {
    case "/Service":
      return hasNoEndpoints(live) ? { state: "ready" } : serviceReadiness(await slicesOf(live, client));
    case "/PersistentVolumeClaim":
      return (await bindsAtFirstUse(live, client)) ? { state: "ready" } : readinessOf(live);
    default:
      return readinessOf(live);
  }
}

function slicesOf(service: Json, client: KubernetesClient): Promise<Json[]> {
  const { namespace, name } = refOf(service);
  return client.list(
    { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice", ...(namespace && { namespace }) },
    { labelSelector: `kubernetes.io/service-name=${name}` },
  );
}

/** Such a claim stays Pending until a pod uses it, which may be made later. */
async function bindsAtFirstUse(claim: Json, client: KubernetesClient): Promise<boolean> {
  const wanted = textAt(claim, "spec", "storageClassName");
  const classes = await client.list({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass" });
  const found = classes.find((item) =>
    wanted === undefined
      ? annotation(item, "storageclass.kubernetes.io/is-default-class") === "true"
      : textAt(item, "metadata", "name") === wanted,
  );
  return found?.volumeBindingMode === "WaitForFirstConsumer";
}

async function reload(live: Json, client: KubernetesClient): Promise<Json> {
  let next: Json | undefined;
  try {
    next = await client.get(refOf(live));
  } catch (error) {
    if (error instanceof UnreachableError) return live;
    throw new NotReadyError(live, [String(error)]);
  }
  if (!next) throw new NotReadyError(live, ["it was deleted by someone else while it was waited for"]);
  return next;
}

function timeoutOf(live: Json, customSeconds: number): number {
  const annotated = Number(annotation(live, "pulumi.com/timeoutSeconds"));
  return customSeconds || (annotated > 0 ? annotated : DEFAULT_TIMEOUT_SECONDS);
}

function annotation(live: Json, key: string): string | undefined {
  return textAt(live, "metadata", "annotations", key);
}
