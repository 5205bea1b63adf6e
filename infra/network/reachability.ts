import { BlockList, isIPv6 } from "node:net";
import type { meta, networking } from "@pulumi/kubernetes/types/input.js";
import type { Unwrap } from "@pulumi/pulumi";
import type { FlowPort } from "./flows.ts";
import type { PolicyPeer, PolicySpec } from "./policies.ts";

/** A pod, or a machine outside of the cluster, which has no namespace. */
export interface Endpoint {
  /** For messages. */
  readonly name: string;
  readonly ip: string;
  readonly namespace?: { readonly name: string; readonly labels: Labels };
  readonly labels: Labels;
  /** Names of container ports. */
  readonly portNames?: Readonly<Record<string, number>>;
}
export type Labels = Readonly<Record<string, string>>;

export interface PlacedPolicy {
  readonly namespace: string;
  readonly spec: PolicySpec;
}

type Selector = Unwrap<meta.v1.LabelSelector>;
type Direction = "Ingress" | "Egress";
type PolicyPort = Unwrap<networking.v1.NetworkPolicyPort>;
interface Rule {
  readonly peers: readonly PolicyPeer[];
  readonly ports: readonly PolicyPort[];
}

/**
 * Which ends of a connection refuse it, for two different pods; none when it is allowed. This is what the
 * specification says, not what a network plugin does: https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 * An `ipBlock` is taken to match pods too, as some plugins do.
 */
export function refusals(
  policies: readonly PlacedPolicy[],
  from: Endpoint,
  to: Endpoint,
  port: FlowPort,
): Direction[] {
  const refused: Direction[] = [];
  if (!allows(policies, "Egress", from, to, { port, names: to.portNames })) refused.push("Egress");
  if (!allows(policies, "Ingress", to, from, { port, names: to.portNames })) refused.push("Ingress");
  return refused;
}

interface Destination {
  readonly port: FlowPort;
  readonly names: Endpoint["portNames"];
}

/** A pod that no policy selects in a direction is open in it; else any rule of any that does may allow. */
function allows(
  policies: readonly PlacedPolicy[],
  direction: Direction,
  subject: Endpoint,
  other: Endpoint,
  destination: Destination,
): boolean {
  const selecting = policies.filter(
    ({ namespace, spec }) =>
      namespace === subject.namespace?.name &&
      selects(spec.podSelector, subject.labels) &&
      typesOf(spec).includes(direction),
  );
  if (selecting.length === 0) return true;
  return selecting.some(({ namespace, spec }) =>
    rulesOf(spec, direction).some(
      ({ peers, ports }) =>
        (peers.length === 0 || peers.some((peer) => matchesPeer(peer, namespace, other))) &&
        (ports.length === 0 || ports.some((allowed) => matchesPort(allowed, destination))),
    ),
  );
}

function typesOf({ policyTypes = [], egress = [] }: PolicySpec): readonly string[] {
  if (policyTypes.length > 0) return policyTypes;
  return egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
}

function rulesOf(spec: PolicySpec, direction: Direction): Rule[] {
  if (direction === "Ingress")
    return (spec.ingress ?? []).map(({ from = [], ports = [] }) => ({ peers: from, ports }));
  return (spec.egress ?? []).map(({ to = [], ports = [] }) => ({ peers: to, ports }));
}

function matchesPeer(
  peer: PolicyPeer,
  policyNamespace: string,
  { ip, namespace, labels }: Endpoint,
): boolean {
  if (peer.ipBlock) {
    const { cidr, except = [] } = peer.ipBlock;
    return inBlock(cidr, ip) && !except.some((block) => inBlock(block, ip));
  }
  if (!namespace) return false;
  const placed = peer.namespaceSelector
    ? selects(peer.namespaceSelector, namespace.labels)
    : namespace.name === policyNamespace;
  return placed && selects(peer.podSelector, labels);
}

/** @returns whether an address is in a range; one of another family never is. */
export function inBlock(cidr: string, ip: string): boolean {
  const [network = "", prefix] = cidr.split("/");
  const family = (address: string) => (isIPv6(address) ? "ipv6" : "ipv4");
  const block = new BlockList();
  block.addSubnet(network, Number(prefix), family(network));
  return block.check(ip, family(ip));
}

function matchesPort(allowed: PolicyPort, { port: { port, protocol }, names = {} }: Destination): boolean {
  if ((allowed.protocol ?? "TCP") !== protocol) return false;
  if (allowed.port === undefined) return true;
  if (typeof allowed.port === "string") return names[allowed.port] === port;
  return port >= allowed.port && port <= (allowed.endPort ?? allowed.port);
}

/** An absent or empty selector selects everything. */
function selects(selector: Selector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          throw new Error(`${operator} is no operator of a label selector`);
      }
    })
  );
}
