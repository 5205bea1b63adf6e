import { type Json, textAt } from "../provider-kit/values.ts";
import { awaitGone } from "./await/index.ts";
import { groupKind } from "./await/readiness.ts";
import { isNotFound, type KubernetesClient } from "./client.ts";
import { parseId, parseType, parseUrn } from "./names.ts";

interface DeleteOptions {
  readonly client: KubernetesClient;
  readonly id: string;
  readonly urn: string;
  readonly state: Json;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/** Their pods have to be gone before they are, or those of a replacement would meet them. */
const OWNERS = new Set([
  "apps/Deployment",
  "apps/StatefulSet",
  "apps/DaemonSet",
  "apps/ReplicaSet",
  "batch/Job",
]);

/** Deletes an object and waits until it is gone. One that is gone already is fine. */
export async function deleteObject(options: DeleteOptions): Promise<void> {
  const { client, state, signal, timeoutSeconds } = options;
  const type = parseType(parseUrn(options.urn).type);
  const apiVersion = textAt(state, "apiVersion") ?? type.apiVersion;
  const kind = textAt(state, "kind") ?? type.kind;
  const ref = { apiVersion, kind, ...parseId(options.id) };
  try {
    await client.delete(ref, policyOf({ ...state, apiVersion, kind }));
  } catch (error) {
    if (isNotFound(error)) return;
    throw error;
  }
  await awaitGone(ref, textAt(state, "metadata", "uid"), { client, timeoutSeconds, signal });
}

function policyOf(object: Json): string {
  const chosen = textAt(object, "metadata", "annotations", "pulumi.com/deletionPropagationPolicy");
  if (chosen) return chosen.charAt(0).toUpperCase() + chosen.slice(1).toLowerCase();
  return OWNERS.has(groupKind(object)) ? "Foreground" : "Background";
}
