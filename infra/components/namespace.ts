import { Namespace } from "@pulumi/kubernetes/core/v1/namespace.js";
import type { CustomResourceOptions } from "@pulumi/pulumi";

/** A namespace that admits only pods which satisfy Pod Security "restricted". */
export function createNamespace(name: string, opts: CustomResourceOptions): Namespace {
  const labels = Object.fromEntries(
    ["enforce", "audit", "warn"].map((mode) => [`pod-security.kubernetes.io/${mode}`, "restricted"]),
  );
  return new Namespace(name, { metadata: { name, labels } }, opts);
}
