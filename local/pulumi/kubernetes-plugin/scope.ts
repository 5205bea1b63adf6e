import { type Json, textAt } from "../provider-kit/values.ts";
import { groupKind } from "./await/readiness.ts";
import { type KubernetesClient, UnreachableError } from "./client.ts";

/** Kinds without a namespace, known without asking a cluster, which a preview may not have: built-in ones, and one of cert-manager. */
const CLUSTER_KINDS: ReadonlySet<string> = new Set([
  "/Namespace",
  "/Node",
  "/PersistentVolume",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicy",
  "admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "apiregistration.k8s.io/APIService",
  "cert-manager.io/ClusterIssuer",
  "certificates.k8s.io/CertificateSigningRequest",
  "flowcontrol.apiserver.k8s.io/FlowSchema",
  "flowcontrol.apiserver.k8s.io/PriorityLevelConfiguration",
  "networking.k8s.io/IngressClass",
  "node.k8s.io/RuntimeClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "scheduling.k8s.io/PriorityClass",
  "storage.k8s.io/CSIDriver",
  "storage.k8s.io/CSINode",
  "storage.k8s.io/StorageClass",
  "storage.k8s.io/VolumeAttachment",
]);

/** Knows which kinds live in a namespace, those of definitions that the program is about to make included. */
export class Scopes {
  readonly #defined = new Map<string, boolean>();

  /** Remembers the kind that a CustomResourceDefinition in the program defines. */
  learn(inputs: Json): void {
    if (groupKind(inputs) !== "apiextensions.k8s.io/CustomResourceDefinition") return;
    const kind = `${textAt(inputs, "spec", "group")}/${textAt(inputs, "spec", "names", "kind")}`;
    this.#defined.set(kind, textAt(inputs, "spec", "scope") !== "Cluster");
  }

  /** @returns true when objects of the inputs' kind live in a namespace; also when nobody knows, as most do. */
  async isNamespaced(inputs: Json, client: KubernetesClient): Promise<boolean> {
    const kind = groupKind(inputs);
    if (CLUSTER_KINDS.has(kind)) return false;
    const defined = this.#defined.get(kind);
    if (defined !== undefined) return defined;
    try {
      const found = await client.resource(String(inputs.apiVersion), String(inputs.kind));
      return found?.namespaced ?? true;
    } catch (error) {
      if (error instanceof UnreachableError) return true;
      throw error;
    }
  }
}
