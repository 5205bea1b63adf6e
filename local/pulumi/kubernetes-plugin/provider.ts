import type { CheckFailure, Difference, Operation, Provider } from "../provider-kit/provider.ts";
import { isObject, type Json, revealObject } from "../provider-kit/values.ts";
import { applyObject } from "./apply.ts";
import { checkInputs } from "./check.ts";
import type { KubernetesClient } from "./client.ts";
import { createClient } from "./configure.ts";
import { deleteObject } from "./delete.ts";
import { diffInputs } from "./diff.ts";
import { IMPORTED } from "./live-inputs.ts";
import { readObject } from "./read.ts";
import { Scopes } from "./scope.ts";

/** The plugin's operations on a cluster's objects. */
export class KubernetesProvider implements Provider {
  readonly #scopes = new Scopes();
  readonly #cancelled = new AbortController();
  #client: KubernetesClient | undefined;

  async configure(settings: Json): Promise<void> {
    this.#client = await createClient(revealObject(settings));
  }

  check(request: {
    urn: string;
    olds: Json;
    news: Json;
  }): Promise<{ inputs: Json; failures: CheckFailure[] }> {
    const olds = Object.keys(request.olds).length > 0 ? request.olds : undefined;
    return checkInputs({ ...request, olds, client: this.#connected(), scopes: this.#scopes });
  }

  diff(request: { state: Json; oldInputs: Json; news: Json }): Difference {
    const recorded = isObject(request.state.__inputs) ? request.state.__inputs : {};
    const given = Object.keys(request.oldInputs).length > 0 ? request.oldInputs : recorded;
    const { [IMPORTED]: isImported, ...olds } = revealObject(given);
    return diffInputs(olds, revealObject(request.news), isImported === true);
  }

  async create(request: Operation & { inputs: Json }): Promise<{ id: string; state: Json }> {
    if (request.preview) return { id: "", state: { ...request.inputs, __inputs: request.inputs } };
    return applyObject({ ...request, client: this.#connected(), signal: this.#cancelled.signal });
  }

  async update(request: Operation & { inputs: Json; state: Json }): Promise<Json> {
    // What the cluster adds, such as a Service's address, most likely stays.
    if (request.preview) return { ...overlay(request.state, request.inputs), __inputs: request.inputs };
    const applied = await applyObject({
      ...request,
      client: this.#connected(),
      signal: this.#cancelled.signal,
    });
    return applied.state;
  }

  read(request: { id: string; urn: string; state: Json; inputs: Json }): ReturnType<typeof readObject> {
    return readObject({ ...request, client: this.#connected() });
  }

  delete(request: Omit<Operation, "preview"> & { id: string; state: Json }): Promise<void> {
    const state = revealObject(request.state);
    return deleteObject({ ...request, state, client: this.#connected(), signal: this.#cancelled.signal });
  }

  /** Ends every wait; what was made by then is recorded as not ready. */
  cancel(): void {
    this.#cancelled.abort();
  }

  #connected(): KubernetesClient {
    if (!this.#client) throw new Error("the engine has not configured the plugin");
    return this.#client;
  }
}

function overlay(below: Json, above: Json): Json {
  const merged = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const existing = merged[key];
    merged[key] = isObject(existing) && isObject(value) ? overlay(existing, value) : value;
  }
  return merged;
}
