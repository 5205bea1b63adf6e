import type { networking } from "@pulumi/kubernetes/types/input.js";
import type { Unwrap } from "@pulumi/pulumi";
import type { Flow } from "./flows.ts";

export type PolicySpec = Unwrap<networking.v1.NetworkPolicySpec>;
export type PolicyPeer = Unwrap<networking.v1.NetworkPolicyPeer>;

export interface Policy {
  readonly name: string;
  readonly spec: PolicySpec;
}

const BOTH_WAYS = ["Ingress", "Egress"];

/**
 * Policies of a namespace that let these flows through and nothing else: `default-deny` for pods that nobody thought
 * of, and one for each kind of pod, named like it. Policies add up, so no flow depends on their order.
 * Rules: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 *
 * @param pods every kind of pod of the namespace, by `app.kubernetes.io/name`
 */
export function networkPolicies(pods: readonly string[], flows: readonly Flow[]): Policy[] {
  return [
    { name: "default-deny", spec: { podSelector: {}, policyTypes: BOTH_WAYS } },
    ...pods.map((name) => ({
      name,
      spec: {
        podSelector: { matchLabels: nameLabel(name) },
        policyTypes: BOTH_WAYS,
        ingress: flows
          .filter(({ to }) => isPod(to, name))
          .map(({ from, ports }) => ({ from: peersOf(from), ports: [...ports] })),
        egress: flows
          .filter(({ from }) => isPod(from, name))
          .map(({ to, ports }) => ({ to: peersOf(to), ports: [...ports] })),
      },
    })),
  ];
}

const nameLabel = (name: string) => ({ "app.kubernetes.io/name": name });

const isPod = (party: Flow["to"], name: string) => "name" in party && party.name === name;

/** Without a namespace selector, a peer is in the policy's own namespace. */
function peersOf(party: Flow["to"]): PolicyPeer[] {
  if ("ranges" in party) return party.ranges.map((cidr) => ({ ipBlock: { cidr } }));
  if ("name" in party) return [{ podSelector: { matchLabels: nameLabel(party.name) } }];
  // Every namespace has this label, and nobody can change it.
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": party.namespace } };
  if (!party.labels) return [{ namespaceSelector }];
  return party.labels.map((matchLabels) => ({ namespaceSelector, podSelector: { matchLabels } }));
}
