import { randomBytes } from "node:crypto";
import { at, isObject, type Json, textAt, UNKNOWN } from "../provider-kit/values.ts";

const AUTONAMED = "pulumi.com/autonamed";
// A label value, and the name of most objects, ends at 63 characters; nine are the dash and the suffix.
const LONGEST_PREFIX = 54;

/** @returns true when the plugin chose the object's name, so that a replacement can stand beside it. */
export function isAutonamed(inputs: Json): boolean {
  return textAt(inputs, "metadata", "annotations", AUTONAMED) === "true";
}

/**
 * Gives an object without `metadata.name` one: that of its old inputs when the plugin chose it, else a new one.
 *
 * @param inputs without secret marks.
 * @param olds the old inputs; undefined for a new object and for the replacement of one.
 */
export function withName(inputs: Json, pulumiName: string, olds: Json | undefined): Json {
  const metadata = inputs.metadata ?? {};
  if (!isObject(metadata) || metadata.name) return inputs;
  const previous = olds && isAutonamed(olds) ? textAt(olds, "metadata", "name") : undefined;
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  return {
    ...inputs,
    metadata: {
      ...metadata,
      name: previous ?? `${pulumiName.slice(0, LONGEST_PREFIX)}-${randomBytes(4).toString("hex")}`,
      annotations: { ...annotations, [AUTONAMED]: "true" },
    },
  };
}

/** @returns the inputs with `metadata.namespace` set, unless they have one. */
export function withNamespace(inputs: Json, namespace: string): Json {
  const metadata = inputs.metadata ?? {};
  if (!isObject(metadata) || metadata.namespace) return inputs;
  return { ...inputs, metadata: { ...metadata, namespace } };
}

/** @returns the id that the official plugin gives too: `namespace/name`, or `name` of a cluster's object. */
export function idOf(object: Json): string {
  const name = String(at(object, "metadata", "name"));
  const namespace = at(object, "metadata", "namespace");
  return namespace && namespace !== UNKNOWN ? `${namespace}/${name}` : name;
}

/** @returns the parts of an id made by {@link idOf}. */
export function parseId(id: string): { namespace?: string; name: string } {
  const slash = id.indexOf("/");
  return slash < 0 ? { name: id } : { namespace: id.slice(0, slash), name: id.slice(slash + 1) };
}

/**
 * @param type such as `kubernetes:apps/v1:Deployment` or `kubernetes:core/v1:Secret`.
 * @throws when it is not of that form.
 */
export function parseType(type: string): { apiVersion: string; kind: string } {
  const [, version, kind, ...rest] = type.split(":");
  if (!version || !kind || rest.length > 0) throw new Error(`not a Kubernetes resource type: ${type}`);
  return { apiVersion: version === "core/v1" ? "v1" : version, kind };
}

/** @returns type and name of a URN, `urn:pulumi:stack::project::parent$type::name`. */
export function parseUrn(urn: string): { type: string; name: string } {
  const [, , types = "", ...name] = urn.split("::");
  return { type: types.slice(types.lastIndexOf("$") + 1), name: name.join("::") };
}
