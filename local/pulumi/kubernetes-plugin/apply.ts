import { setTimeout as delay } from "node:timers/promises";
import { InitializationFailed } from "../provider-kit/protocol.ts";
import { type Json, markSecretData, markSecretsLike, revealObject, textAt } from "../provider-kit/values.ts";
import { awaitGone, awaitReady, NotReadyError } from "./await/index.ts";
import { ApiError, FIELD_MANAGER, type KubernetesClient, refOf } from "./client.ts";
import { idOf } from "./names.ts";

interface ApplyOptions {
  readonly client: KubernetesClient;
  /** Checked inputs, with secret marks. */
  readonly inputs: Json;
  /** The state before, with secret marks; absent for a new object. */
  readonly state?: Json;
  /** Seconds from `customTimeouts`, 0 when there are none. */
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

const RETRY_FOR_MS = 15_000;
const RETRY_PAUSE_MS = 500;

/**
 * Makes the object, or changes it, and waits until it is ready. Making one that is there already changes that one: an
 * interrupted operation goes on where it was.
 *
 * @returns the new id and state, the latter with secret marks.
 * @throws InitializationFailed when the object is there but not ready; any other error when it is not there.
 */
export async function applyObject(options: ApplyOptions): Promise<{ id: string; state: Json }> {
  const { client, inputs, signal, timeoutSeconds } = options;
  const plain = revealObject(inputs);
  const ref = refOf(plain);
  const fieldManager = textAt(options.state, "__fieldManager") ?? FIELD_MANAGER;
  const initialApiVersion = textAt(options.state, "__initialApiVersion") ?? ref.apiVersion;
  const toState = (live: Json): Json => stateOf({ live, inputs, fieldManager, initialApiVersion });
  const awaiting = { client, timeoutSeconds, signal };

  let live = await retryApply(() => client.apply(ref, plain, fieldManager), signal);
  if (textAt(live, "metadata", "deletionTimestamp")) {
    await awaitGone(ref, textAt(live, "metadata", "uid"), awaiting);
    live = await retryApply(() => client.apply(ref, plain, fieldManager), signal);
  }
  try {
    live = await awaitReady(live, awaiting);
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error;
    const { reasons } = error;
    throw new InitializationFailed({
      id: idOf(error.live),
      properties: toState(error.live),
      inputs,
      reasons,
    });
  }
  return { id: idOf(live), state: toState(live) };
}

/** @returns the state of an object as Pulumi's own plugin keeps it, so that either can go on from it. */
export function stateOf(options: {
  live: Json;
  /** With secret marks, which the live object gets too. */
  inputs: Json;
  fieldManager: string;
  initialApiVersion: string;
}): Json {
  const { managedFields: _noise, ...metadata } = (options.live.metadata ?? {}) as Json;
  const marked = markSecretsLike({ ...options.live, metadata }, options.inputs) as Json;
  return {
    ...markSecretData(marked),
    __inputs: markSecretData(options.inputs),
    __initialApiVersion: options.initialApiVersion,
    __fieldManager: options.fieldManager,
  };
}

/** What it depends on may have been made a moment ago: a namespace, a definition, a webhook's pod. */
async function retryApply(apply: () => Promise<Json>, signal: AbortSignal): Promise<Json> {
  const deadline = Date.now() + RETRY_FOR_MS;
  for (;;) {
    try {
      return await apply();
    } catch (error) {
      if (!isPassing(error) || signal.aborted || Date.now() > deadline) throw error;
      await delay(RETRY_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof ApiError && [404, 409, 429, 500, 503, 504].includes(error.status);
}
