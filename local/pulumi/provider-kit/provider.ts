import type { Json } from "./values.ts";

export interface PropertyChange {
  /** As the engine writes paths: `spec.template.spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`. */
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  /** The API server refuses this change, so the object has to be made anew. */
  readonly replace: boolean;
}

export interface Difference {
  readonly changes: readonly PropertyChange[];
  /** The new object can't stand beside the old one: they have the same name. */
  readonly deleteBeforeReplace: boolean;
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface Operation {
  readonly urn: string;
  /** Seconds; 0 when the resource sets none. */
  readonly timeoutSeconds: number;
  readonly preview: boolean;
}

/** A plugin's operations, apart from the wire. Values have secret marks, also in what is returned. */
export interface Provider {
  configure(settings: Json): Promise<void>;
  check(request: {
    urn: string;
    olds: Json;
    news: Json;
  }): Promise<{ inputs: Json; failures: readonly CheckFailure[] }>;
  diff(request: { state: Json; oldInputs: Json; news: Json }): Difference;
  create(request: Operation & { inputs: Json }): Promise<{ id: string; state: Json }>;
  update(request: Operation & { inputs: Json; state: Json }): Promise<Json>;
  read(request: {
    id: string;
    urn: string;
    state: Json;
    inputs: Json;
  }): Promise<{ id: string; state: Json; inputs: Json } | undefined>;
  delete(request: Omit<Operation, "preview"> & { id: string; state: Json }): Promise<void>;
  /** A function of the package, by its token; a provider may have none. */
  invoke?(token: string, args: Json): Promise<Json>;
  /** Ends every wait; what was made by then is recorded as not ready. */
  cancel(): void;
}
