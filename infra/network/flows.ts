import {
  DATABASE_PORTS,
  type DatabaseName,
  HTTP_PORT,
  type LinkName,
  MANAGEMENT_PORT,
  ROUTES,
  SERVICE_NAMES,
  SERVICES,
  type ServiceName,
  TOKEN_ISSUER,
} from "../services.ts";

const MONITOR = "prometheus";
const BACKUP = "backup";

/** Pods of the platform's namespace, by their label `app.kubernetes.io/name`. */
export interface PlatformPods {
  readonly name: PlatformPodName;
}
export type PlatformPodName = ServiceName | DatabaseName | typeof MONITOR | typeof BACKUP;

/** Pods of another namespace: those with any of the label sets, or all of them. */
export interface OtherPods {
  readonly namespace: string;
  readonly labels?: readonly Readonly<Record<string, string>>[];
}

/** Machines outside of the cluster, by their addresses. */
export interface OutsideMachines {
  readonly ranges: readonly string[];
}

export interface FlowPort {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** Connections that `from` opens to `to`; answers come back on them. */
export interface Flow {
  readonly from: PlatformPods | OtherPods;
  readonly to: PlatformPods | OtherPods | OutsideMachines;
  readonly ports: readonly FlowPort[];
}

/** Where something is that is not a pod of the platform. */
export interface OutsidePlace extends OutsideMachines {
  readonly port: number;
}

/** What the flows depend on besides the table of services. */
export interface Surroundings {
  /** Where the pods of the cluster's ingress controller are. */
  readonly ingressNamespace: string;
  /** Databases outside of the cluster; the others are pods. */
  readonly outside?: Readonly<Partial<Record<DatabaseName, OutsidePlace>>>;
  /** What who keeps objects has to reach; nothing where they are on a volume. */
  readonly objectStore?: readonly OutsidePlace[];
  /** Who people can sign in with besides a password. */
  readonly oidcProviders?: readonly OutsidePlace[];
}

/** @returns every kind of pod that the program makes. */
export function platformPods({ outside = {} }: Pick<Surroundings, "outside"> = {}): PlatformPodName[] {
  const databases = (Object.keys(DATABASE_PORTS) as DatabaseName[]).filter((name) => !outside[name]);
  return [...SERVICE_NAMES, ...databases, MONITOR, BACKUP];
}

interface Target {
  readonly party: PlatformPods | OutsideMachines;
  readonly port: number;
}

const podTarget = (name: PlatformPodName, port: number): Target => ({ party: { name }, port });
const serviceTarget = (name: ServiceName): Target => podTarget(name, HTTP_PORT);
const databaseTarget = (name: DatabaseName, { outside }: Surroundings): Target => {
  const place = outside?.[name];
  if (!place) return podTarget(name, DATABASE_PORTS[name]);
  return { party: { ranges: place.ranges }, port: place.port };
};

/** Where a link's environment leads. */
const linkTargets = (surroundings: Surroundings): Readonly<Record<LinkName, readonly Target[]>> => ({
  mongodb: [databaseTarget("mongodb", surroundings)],
  redis: [databaseTarget("redis", surroundings)],
  "token-verification": [serviceTarget(TOKEN_ISSUER)],
  "token-signing": [],
  "second-factors": [],
  "oidc-providers": (surroundings.oidcProviders ?? []).map((place) => ({ party: place, port: place.port })),
  "mcp-address": [],
  "run-tokens": [],
  "object-store": (surroundings.objectStore ?? []).map((place) => ({ party: place, port: place.port })),
  "media-urls": [],
  "audit-key": [],
  "content-keys": [],
  "transit-keys": [],
});

/**
 * The cluster's DNS: CoreDNS as in most clusters, and as in the built-in one. A policy may see the Service's port or,
 * behind the Service, the pod's (1053 where CoreDNS runs without privileges); the specification leaves that open.
 */
const DNS: OtherPods = {
  namespace: "kube-system",
  labels: [{ "k8s-app": "kube-dns" }, { "app.kubernetes.io/name": "coredns" }],
};
const DNS_PORTS: readonly FlowPort[] = [53, 1053].flatMap((port) => [
  { port, protocol: "UDP" as const },
  { port, protocol: "TCP" as const },
]);

/**
 * Every connection that the platform needs, from the table of services. Probes are not here: a pod always admits its
 * own node. Who looks at Prometheus does so through the API server.
 */
export function platformFlows(surroundings: Surroundings): Flow[] {
  const { ingressNamespace } = surroundings;
  const targets = (name: ServiceName) => targetsOf(name, surroundings);
  const routed = [...new Set(Object.values(ROUTES))].map((name) =>
    flowTo(serviceTarget(name), { namespace: ingressNamespace }),
  );
  const inside = SERVICE_NAMES.flatMap((name) => targets(name).map((target) => flowTo(target, { name })));
  const measured = SERVICE_NAMES.map((name) => flowTo(podTarget(name, MANAGEMENT_PORT), { name: MONITOR }));
  const dumped = flowTo(databaseTarget("mongodb", surroundings), { name: BACKUP });
  // Who calls nobody needs no names, and DNS is a way out.
  const callers = [...SERVICE_NAMES.filter((name) => targets(name).length > 0), MONITOR, BACKUP] as const;
  const named = callers.map((name) => ({ from: { name }, to: DNS, ports: DNS_PORTS }));
  return [...routed, ...inside, ...measured, dumped, ...named];
}

/** What a service calls and what its links lead to, which may be the same. */
function targetsOf(name: ServiceName, surroundings: Surroundings): Target[] {
  const { calls = [], links = [] } = SERVICES[name];
  const linked = linkTargets(surroundings);
  const targets = [...calls.map(serviceTarget), ...links.flatMap((link) => linked[link])];
  const others = targets.filter(
    // The issuer of tokens has the keys that it would ask itself for.
    (target) => !("name" in target.party && target.party.name === name),
  );
  return [...new Map(others.map((target) => [JSON.stringify(target), target])).values()];
}

function flowTo({ party, port }: Target, from: Flow["from"]): Flow {
  return { from, to: party, ports: [{ port, protocol: "TCP" }] };
}
