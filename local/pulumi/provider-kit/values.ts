/** A JSON object as it travels between engine, plugin and API server. */
export type Json = Record<string, unknown>;

// How Pulumi marks special values on the wire (sdk/go/common/resource/plugin, "Signatures").
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
/** Stands in a preview for a value that is not known yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(value: unknown): value is Json {
  return isObject(value) && value[SIGNATURE] === SECRET;
}

function secret(value: unknown): Json {
  return { [SIGNATURE]: SECRET, value };
}

/** @returns the value without secret marks, at any depth. */
export function reveal(value: unknown): unknown {
  if (isSecret(value)) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, reveal(item)]));
}

/** As {@link reveal}, of an object. */
export function revealObject(value: Json): Json {
  return reveal(value) as Json;
}

/** @returns `value` with a secret mark at every path where `like` has one. */
export function markSecretsLike(value: unknown, like: unknown): unknown {
  if (isSecret(like)) return value === undefined || isSecret(value) ? value : secret(value);
  if (Array.isArray(value) && Array.isArray(like)) {
    return value.map((item, index) => markSecretsLike(item, like[index]));
  }
  if (!isObject(value) || !isObject(like) || isSecret(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, markSecretsLike(item, like[key])]),
  );
}

/** @returns the object with what a Kubernetes Secret holds marked as secret, whoever wrote it. */
export function markSecretData(value: Json): Json {
  if (value.kind !== "Secret" || value.apiVersion !== "v1") return value;
  const marked = { ...value };
  for (const key of ["data", "stringData"]) {
    if (marked[key] !== undefined && !isSecret(marked[key])) marked[key] = secret(reveal(marked[key]));
  }
  return marked;
}

/** @returns true when the value holds an unknown at any depth. */
export function containsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (isSecret(value)) return containsUnknown(value.value);
  if (Array.isArray(value)) return value.some(containsUnknown);
  return isObject(value) && Object.values(value).some(containsUnknown);
}

/** @returns what is at the path of keys, or undefined. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current) && typeof key === "number") current = current[key];
    else if (isObject(current)) current = current[key];
    else return undefined;
  }
  return current;
}

/** As {@link at}, when a list is expected; anything else is an empty list. */
export function listAt(value: unknown, ...path: readonly string[]): Json[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found.filter(isObject) : [];
}

/** As {@link at}, when text is expected; anything else is undefined. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== UNKNOWN ? found : undefined;
}

/** As {@link at}, when a number is expected; anything else is 0, which is what the API server means by leaving it out. */
export function numberAt(value: unknown, ...path: readonly string[]): number {
  const found = at(value, ...path);
  return typeof found === "number" ? found : 0;
}

/** @returns true when both are the same JSON. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => same(item, b[index]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}
