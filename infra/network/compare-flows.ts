import type { Flow, FlowPort } from "./flows.ts";
import { type Endpoint, inBlock, type PlacedPolicy, refusals } from "./reachability.ts";

export interface Differences {
  /** Wanted connections and the ends that refuse them, such as `api-gateway → auth-service TCP 8000 (Egress)`. */
  readonly lost: string[];
  /** Connections that nobody wants, and the ends that let them through. One end is too much: the other may fail. */
  readonly leaked: string[];
}

/**
 * Compares what policies let through with what is wanted, for every pair of endpoints and every port. An endpoint
 * stands for all pods like it, so the pair with itself means two of them. Ends outside of the namespace don't count.
 *
 * @param options.namespace the platform's
 * @param options.ports more ports than the flows', on which nothing may be reachable
 */
export function compareFlows(options: {
  readonly namespace: string;
  readonly policies: readonly PlacedPolicy[];
  readonly endpoints: readonly Endpoint[];
  readonly flows: readonly Flow[];
  readonly ports: readonly FlowPort[];
}): Differences {
  const { namespace, policies, endpoints, flows } = options;
  const inside = ({ namespace: place }: Endpoint) => place?.name === namespace;
  const differences: Differences = { lost: [], leaked: [] };
  for (const port of distinct([...flows.flatMap((flow) => flow.ports), ...options.ports])) {
    for (const from of endpoints) {
      for (const to of endpoints) {
        const refused = refusals(policies, from, to, port);
        const connection = `${from.name} → ${to.name} ${port.protocol} ${port.port}`;
        if (isWanted(flows, namespace, { from, to, port })) {
          if (refused.length > 0) differences.lost.push(`${connection} (${refused.join(", ")})`);
          continue;
        }
        const ends = [...(inside(from) ? ["Egress"] : []), ...(inside(to) ? ["Ingress"] : [])] as const;
        const open = ends.filter((end) => !refused.some((direction) => direction === end));
        if (open.length > 0) differences.leaked.push(`${connection} (${open.join(", ")})`);
      }
    }
  }
  return differences;
}

function isWanted(
  flows: readonly Flow[],
  namespace: string,
  { from, to, port }: { from: Endpoint; to: Endpoint; port: FlowPort },
): boolean {
  return flows.some(
    (flow) =>
      isParty(flow.from, namespace, from) &&
      isParty(flow.to, namespace, to) &&
      flow.ports.some((wanted) => wanted.port === port.port && wanted.protocol === port.protocol),
  );
}

function isParty(party: Flow["to"], namespace: string, endpoint: Endpoint): boolean {
  if ("ranges" in party) return party.ranges.some((range) => inBlock(range, endpoint.ip));
  if ("name" in party)
    return endpoint.namespace?.name === namespace && endpoint.labels["app.kubernetes.io/name"] === party.name;
  return (
    endpoint.namespace?.name === party.namespace &&
    (party.labels?.some((labels) =>
      Object.entries(labels).every(([key, value]) => endpoint.labels[key] === value),
    ) ??
      true)
  );
}

function distinct(ports: readonly FlowPort[]): FlowPort[] {
  return [...new Map(ports.map((port) => [`${port.protocol} ${port.port}`, port])).values()];
}
