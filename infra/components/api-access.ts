import { ClusterRole } from "@pulumi/kubernetes/rbac/v1/clusterRole.js";
import { ClusterRoleBinding } from "@pulumi/kubernetes/rbac/v1/clusterRoleBinding.js";
import { Role } from "@pulumi/kubernetes/rbac/v1/role.js";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding.js";
import type { core, networking } from "@pulumi/kubernetes/types/input.js";
import type * as pulumi from "@pulumi/pulumi";

export interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
}

/** A service account, by its name and namespace. */
export interface Account {
  readonly name: string;
  readonly namespace: pulumi.Input<string>;
}

const API_GROUP = "rbac.authorization.k8s.io";
const TOKEN_SECONDS = 3607;

/** Lets an account do what the rules say: in the whole cluster, or in one namespace. */
export function grant(
  name: string,
  args: { readonly account: Account; readonly rules: Rule[]; readonly namespace?: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): void {
  const { account, rules, namespace } = args;
  const subjects = [{ kind: "ServiceAccount", name: account.name, namespace: account.namespace }];
  const metadata = { name, ...(namespace && { namespace }) };
  const roleRef = (kind: string) => ({ apiGroup: API_GROUP, kind, name });
  if (namespace) {
    new Role(name, { metadata, rules }, opts);
    new RoleBinding(name, { metadata, roleRef: roleRef("Role"), subjects }, opts);
    return;
  }
  new ClusterRole(name, { metadata, rules }, opts);
  new ClusterRoleBinding(name, { metadata, roleRef: roleRef("ClusterRole"), subjects }, opts);
}

/** The token that a pod asks the Kubernetes API with: named in the pod, short-lived, and read-only. */
export const apiToken: { readonly volume: core.v1.Volume; readonly mount: core.v1.VolumeMount } = {
  volume: {
    name: "api-token",
    projected: {
      defaultMode: 0o440,
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: TOKEN_SECONDS } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        {
          downwardAPI: {
            items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
          },
        },
      ],
    },
  },
  mount: { name: "api-token", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true },
};

/** @returns the rule that lets pods reach the Kubernetes API at these ranges, by its Service or itself. */
export function toApiServer(ranges: readonly string[]): networking.v1.NetworkPolicyEgressRule {
  return {
    to: ranges.map((cidr) => ({ ipBlock: { cidr } })),
    ports: [{ port: 443, protocol: "TCP" }],
  };
}
