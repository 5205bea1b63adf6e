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

export interface FlowPort {
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/** Connections that `from` opens to `to`; answers come back on them. */
export interface Flow {
  readonly from: PlatformPods | OtherPods;
  readonly to: PlatformPods | OtherPods;
  readonly ports: readonly FlowPort[];
}

/** Every kind of pod that the program makes. */
export const PLATFORM_PODS: readonly PlatformPodName[] = [
  ...SERVICE_NAMES,
  ...(Object.keys(DATABASE_PORTS) as DatabaseName[]),
  MONITOR,
  BACKUP,
];

interface Target {
  readonly name: PlatformPodName;
  readonly port: number;
}

const serviceTarget = (name: ServiceName): Target => ({ name, port: HTTP_PORT });
const databaseTarget = (name: DatabaseName): Target => ({ name, port: DATABASE_PORTS[name] });

/** Where a link's environment leads. */
const LINK_TARGETS: Readonly<Record<LinkName, Target | undefined>> = {
  mongodb: databaseTarget("mongodb"),
  redis: databaseTarget("redis"),
  "token-verification": serviceTarget(TOKEN_ISSUER),
  "token-signing": undefined,
  "mcp-address": undefined,
  "run-tokens": undefined,
};

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
 *
 * @param ingressNamespace where the pods of the cluster's ingress controller are
 */
export function platformFlows(ingressNamespace: string): Flow[] {
  const routed = [...new Set(Object.values(ROUTES))].map((name) =>
    flowTo(serviceTarget(name), { namespace: ingressNamespace }),
  );
  const inside = SERVICE_NAMES.flatMap((name) => targetsOf(name).map((target) => flowTo(target, { name })));
  const measured = SERVICE_NAMES.map((name) => flowTo({ name, port: MANAGEMENT_PORT }, { name: MONITOR }));
  const dumped = flowTo(databaseTarget("mongodb"), { name: BACKUP });
  // Who calls nobody needs no names, and DNS is a way out.
  const callers = [...SERVICE_NAMES.filter((name) => targetsOf(name).length > 0), MONITOR, BACKUP] as const;
  const named = callers.map((name) => ({ from: { name }, to: DNS, ports: DNS_PORTS }));
  return [...routed, ...inside, ...measured, dumped, ...named];
}

/** What a service calls and what its links lead to, which may be the same. */
function targetsOf(name: ServiceName): Target[] {
  const { calls = [], links = [] } = SERVICES[name];
  const targets = [...calls.map(serviceTarget), ...links.map((link) => LINK_TARGETS[link])];
  const others = targets.filter(
    // The issuer of tokens has the keys that it would ask itself for.
    (target): target is Target => target !== undefined && target.name !== name,
  );
  return [...new Map(others.map((target) => [`${target.name}:${target.port}`, target])).values()];
}

function flowTo({ name, port }: Target, from: Flow["from"]): Flow {
  return { from, to: { name }, ports: [{ port, protocol: "TCP" }] };
}
