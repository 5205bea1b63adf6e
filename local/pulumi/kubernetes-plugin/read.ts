import { InitializationFailed } from "../provider-kit/protocol.ts";
import { type Json, markSecretData, markSecretsLike, revealObject, textAt } from "../provider-kit/values.ts";
import { stateOf } from "./apply.ts";
import { unreadyReasons } from "./await/index.ts";
import { FIELD_MANAGER, type KubernetesClient } from "./client.ts";
import { IMPORTED, importedInputs, projectInputs } from "./live-inputs.ts";
import { idOf, parseId, parseType, parseUrn } from "./names.ts";

interface ReadOptions {
  readonly client: KubernetesClient;
  readonly id: string;
  readonly urn: string;
  /** The state before, with secret marks; empty on import. */
  readonly state: Json;
  /** The inputs before, with secret marks; empty on import. */
  readonly inputs: Json;
}

/**
 * Reads a live object, for a refresh or an import.
 *
 * @returns undefined when there is none.
 * @throws InitializationFailed when it is not ready at this moment, so that the next update waits for it.
 */
export async function readObject(
  options: ReadOptions,
): Promise<{ id: string; state: Json; inputs: Json } | undefined> {
  const { client, state } = options;
  const live = await client.get({ ...typeOf(options), ...parseId(options.id) });
  if (!live) return undefined;
  const before = textAt(options.inputs, "metadata", "name")
    ? options.inputs
    : ((state.__inputs ?? {}) as Json);
  const isKnown = textAt(before, "metadata", "name") !== undefined;
  const inputs: Json = isKnown
    ? markSecretData(markSecretsLike(projectInputs(revealObject(before), live), before) as Json)
    : { ...markSecretData(importedInputs(live)), [IMPORTED]: true };
  const { [IMPORTED]: _mark, ...recorded }: Json = inputs;
  const read = {
    id: idOf(live),
    inputs,
    state: stateOf({
      live,
      inputs: recorded,
      fieldManager: textAt(state, "__fieldManager") ?? FIELD_MANAGER,
      initialApiVersion: textAt(state, "__initialApiVersion") ?? String(live.apiVersion),
    }),
  };
  const reasons = isKnown ? await unreadyReasons(live, client) : [];
  if (reasons.length > 0) throw new InitializationFailed({ ...read, properties: read.state, reasons });
  return read;
}

/** The object's own words come first: a CustomResource's type token may be of another version. */
function typeOf(options: Pick<ReadOptions, "state" | "inputs" | "urn">): {
  apiVersion: string;
  kind: string;
} {
  for (const source of [options.inputs, options.state]) {
    const apiVersion = textAt(source, "apiVersion");
    const kind = textAt(source, "kind");
    if (apiVersion && kind) return { apiVersion, kind };
  }
  return parseType(parseUrn(options.urn).type);
}
