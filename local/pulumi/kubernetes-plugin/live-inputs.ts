import { isObject, type Json, same } from "../provider-kit/values.ts";

/** Written by the cluster, or by tools, into any object. */
const NOT_INPUT_METADATA = [
  "uid",
  "resourceVersion",
  "generation",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
  "managedFields",
  "ownerReferences",
  "selfLink",
];
const NOT_INPUT_ANNOTATIONS = [
  "kubectl.kubernetes.io/last-applied-configuration",
  "deployment.kubernetes.io/revision",
  "deprecated.daemonset.template.generation",
];

/**
 * What the inputs would be if they described the live object: each field that the inputs set, with its live value.
 * Fields that others set stay out, so that only drift of what is ours shows; values that the API server merely writes
 * differently (`1000m` as `1`) stay as the inputs have them.
 *
 * @param inputs the inputs that the object was last made from, without secret marks.
 */
export function projectInputs(inputs: Json, live: Json): Json {
  const projected = project(inputs, live) as Json;
  if (inputs.kind !== "Secret" || !isObject(inputs.stringData)) return projected;
  const data = isObject(live.data) ? live.data : {};
  const entries = Object.keys(inputs.stringData)
    .filter((key) => typeof data[key] === "string")
    .map((key) => [key, Buffer.from(String(data[key]), "base64").toString("utf8")]);
  return { ...projected, stringData: Object.fromEntries(entries) };
}

/** @returns the inputs that an object made outside can be imported with: all of it but what the cluster writes. */
export function importedInputs(live: Json): Json {
  const { status: _status, metadata, ...rest } = live;
  const kept = isObject(metadata) ? { ...metadata } : {};
  for (const key of NOT_INPUT_METADATA) delete kept[key];
  if (isObject(kept.annotations)) {
    const annotations = { ...kept.annotations };
    for (const key of NOT_INPUT_ANNOTATIONS) delete annotations[key];
    kept.annotations = annotations;
    if (Object.keys(annotations).length === 0) delete kept.annotations;
  }
  return { ...rest, metadata: kept };
}

function project(input: unknown, live: unknown): unknown {
  if (isObject(input)) {
    if (!isObject(live)) return live === undefined && isHollow(input) ? input : live;
    return Object.fromEntries(
      Object.entries(input)
        .map(([key, value]) => [key, project(value, live[key])] as const)
        .filter(([, value]) => value !== undefined),
    );
  }
  if (Array.isArray(input)) {
    if (!Array.isArray(live)) return live === undefined && isHollow(input) ? input : live;
    const key = mergeKey(input);
    if (key) return projectByKey(input, live, key);
    if (input.length !== live.length) return live;
    return input.map((item, index) => project(item, live[index]));
  }
  if (live === undefined && isHollow(input)) return input;
  return sameScalar(input, live) ? input : live;
}

/** Lists of named things are merged by name (the `x-kubernetes-list-map-keys` of the API); others may add to them. */
function projectByKey(input: readonly Json[], live: readonly unknown[], key: string): unknown[] {
  return input.flatMap((item) => {
    const match = live.find((candidate) => isObject(candidate) && same(candidate[key], item[key]));
    return match === undefined ? [] : [project(item, match)];
  });
}

function mergeKey(items: readonly unknown[]): string | undefined {
  return ["name", "containerPort", "topologyKey", "uid"].find(
    (key) =>
      items.length > 0 &&
      items.every((item) => isObject(item) && item[key] !== undefined) &&
      new Set(items.map((item) => (item as Json)[key])).size === items.length,
  );
}

/** The API server may drop what says nothing. */
function isHollow(value: unknown): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every(isHollow);
}

function sameScalar(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const quantity = parseQuantity(a);
  return quantity !== undefined && quantity === parseQuantity(b);
}

const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
};

/** @returns the number that a resource quantity (k8s.io/apimachinery/pkg/api/resource) means, rounded to nano. */
function parseQuantity(value: unknown): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const match = /^([+-]?[0-9.]+)(n|u|m|k|M|G|T|P|Ki|Mi|Gi|Ti|Pi)?$/.exec(String(value));
  if (!match) return undefined;
  const number = Number(match[1]) * (SUFFIXES[match[2] ?? ""] ?? 1);
  return Number.isNaN(number) ? undefined : Number(number.toPrecision(12));
}

/** Marks inputs that were read off an object made outside, which the program describes in part only. */
export const IMPORTED = "__imported";
