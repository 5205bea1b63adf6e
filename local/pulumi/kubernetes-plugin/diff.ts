import type { Difference, PropertyChange } from "../provider-kit/provider.ts";
import { at, containsUnknown, isObject, type Json, same, textAt } from "../provider-kit/values.ts";
import { isAutonamed } from "./names.ts";

type Path = readonly (string | number)[];

/**
 * Fields that can't be changed in place, by `group/Kind` ("" is the core group).
 * Source: the update validation in k8s.io/kubernetes/pkg/apis/<group>/validation.
 */
const IMMUTABLE: Readonly<Record<string, readonly string[]>> = {
  "apps/Deployment": ["spec.selector"],
  "apps/DaemonSet": ["spec.selector"],
  "apps/ReplicaSet": ["spec.selector"],
  "apps/StatefulSet": [
    "spec.selector",
    "spec.serviceName",
    "spec.podManagementPolicy",
    "spec.volumeClaimTemplates",
  ],
  "batch/Job": ["spec.selector", "spec.template", "spec.completionMode", "spec.podFailurePolicy"],
  "/Service": ["spec.clusterIP", "spec.clusterIPs"],
  "/Secret": ["type"],
  "/Pod": ["spec"],
  "/PersistentVolumeClaim": ["spec"],
  "rbac.authorization.k8s.io/RoleBinding": ["roleRef"],
  "rbac.authorization.k8s.io/ClusterRoleBinding": ["roleRef"],
  "storage.k8s.io/StorageClass": ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"],
  "scheduling.k8s.io/PriorityClass": ["value", "preemptionPolicy"],
  "node.k8s.io/RuntimeClass": ["handler"],
  "apiextensions.k8s.io/CustomResourceDefinition": ["spec.group", "spec.names.kind", "spec.scope"],
};

/** Fields below an immutable one that can be changed all the same. */
const MUTABLE: Readonly<Record<string, readonly string[]>> = {
  "/PersistentVolumeClaim": [
    "spec.resources.requests",
    "spec.resources.limits",
    "spec.volumeAttributesClassName",
  ],
  "/Pod": ["spec.activeDeadlineSeconds", "spec.terminationGracePeriodSeconds", "spec.tolerations"],
};

/** In an object with `immutable: true` these can't be changed, nor can the mark itself be taken back. */
const FROZEN_BY_MARK = ["data", "stringData", "binaryData", "immutable"];

/**
 * What has to happen for an object made from `olds` to become one of `news`.
 *
 * @param olds inputs without secret marks.
 * @param news inputs without secret marks; may hold unknowns, which count as changes.
 * @param ignoreMissing true when `olds` come from an import: what the program doesn't mention then stays as it is.
 */
export function diffInputs(olds: Json, news: Json, ignoreMissing = false): Difference {
  const found: { path: Path; kind: PropertyChange["kind"] }[] = [];
  compare(olds, news, [], found);
  const frozen = frozenPaths(olds);
  const changes = found
    .filter((change) => !(ignoreMissing && change.kind === "delete"))
    .map(({ path, kind }) => ({
      path: formatPath(path),
      kind,
      replace: identityChanged(olds, news, path) || frozen(formatPath(path)),
    }));
  const replaces = changes.some((change) => change.replace);
  return { changes, deleteBeforeReplace: replaces && !isAutonamed(news) && samePlace(olds, news) };
}

function compare(
  old: unknown,
  now: unknown,
  path: Path,
  found: { path: Path; kind: PropertyChange["kind"] }[],
): void {
  if (isObject(old) && isObject(now)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      compare(old[key], now[key], [...path, key], found);
    }
  } else if (Array.isArray(old) && Array.isArray(now)) {
    for (let index = 0; index < Math.max(old.length, now.length); index++) {
      compare(old[index], now[index], [...path, index], found);
    }
  } else if (isNothing(old) || isNothing(now)) {
    if (isNothing(old) && isNothing(now)) return;
    found.push({ path, kind: isNothing(old) ? "add" : "delete" });
  } else if (containsUnknown(now) || !same(old, now)) {
    found.push({ path, kind: "update" });
  }
}

/** The API server drops null fields, so that null and absent mean the same. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

function identityChanged(olds: Json, news: Json, path: Path): boolean {
  const field = path.join(".");
  if (field === "apiVersion") return groupOf(olds) !== groupOf(news);
  return field === "kind" || field === "metadata.name" || field === "metadata.namespace";
}

function frozenPaths(olds: Json): (path: string) => boolean {
  const type = `${groupOf(olds)}/${textAt(olds, "kind")}`;
  const immutable = [...(IMMUTABLE[type] ?? []), ...(olds.immutable === true ? FROZEN_BY_MARK : [])];
  const mutable = MUTABLE[type] ?? [];
  return (path) =>
    immutable.some((field) => isBelow(path, field)) && !mutable.some((field) => isBelow(path, field));
}

function isBelow(path: string, field: string): boolean {
  return path === field || path.startsWith(`${field}.`) || path.startsWith(`${field}[`);
}

function groupOf(object: Json): string {
  const [group = "", version] = String(object.apiVersion).split("/");
  return version === undefined ? "" : group;
}

function samePlace(olds: Json, news: Json): boolean {
  if (groupOf(olds) !== groupOf(news) || olds.kind !== news.kind) return false;
  return ["name", "namespace"].every((key) => same(at(olds, "metadata", key), at(news, "metadata", key)));
}

function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === "number") return `[${part}]`;
      if (!/^[A-Za-z_$][\w$-]*$/.test(part)) return `["${part.replaceAll('"', '\\"')}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join("");
}
