import { isDeepStrictEqual } from "node:util";
import type { Path, Props } from "@mobile-ai-agent/policies-rule-kit";

/**
 * @param value what the property becomes; undefined removes it.
 * @returns a copy in which one property differs; objects and lists on the way are made as needed.
 */
export function changed<T extends object>(original: T, path: Path, value?: unknown): T {
  const copy = structuredClone(original);
  const last = path.at(-1) ?? "";
  let parent: Props = copy;
  for (const [index, key] of path.slice(0, -1).entries()) {
    parent[key] ??= typeof path[index + 1] === "number" ? [] : {};
    parent = parent[key];
  }
  if (value !== undefined) parent[last] = value;
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  if (isDeepStrictEqual(copy, original)) throw new Error(`nothing changes at ${path.join(".")}`);
  return copy;
}
