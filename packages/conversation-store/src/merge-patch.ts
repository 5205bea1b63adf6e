import type { Context } from "@mobile-ai-agent/contracts";

export type JsonObject = Context["context"];
type Json = JsonObject[string];

/**
 * RFC 7396: keys of the patch replace those of the target, objects are merged, `null` removes a key. Neither
 * argument is changed.
 */
export function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  // A Map, not assignment: a key such as `__proto__` must stay a plain key.
  const merged = new Map(Object.entries(target));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else if (isObject(value)) merged.set(key, mergePatch(asObject(merged.get(key)), value));
    else merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
