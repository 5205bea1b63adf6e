/** The services, each an image and a Deployment of that name. */
export const SERVICE_NAMES = [
  "api-gateway",
  "auth-service",
  "context-protocol-server",
  "websocket-server",
  "agent-orchestrator",
  "llm-server",
  "media-processing",
  "web-app",
] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** Every service answers requests on the first port, and probes and metrics on the second. */
export const HTTP_PORT = 8000;
export const MANAGEMENT_PORT = 9090;

/** Path prefix of the platform's address → service. The longest prefix of a path counts. */
export const ROUTES: Readonly<Record<string, ServiceName>> = {
  "/api": "api-gateway",
  "/mcp": "api-gateway",
  "/.well-known/oauth-protected-resource": "api-gateway",
  "/.well-known/jwks.json": "api-gateway",
  "/ws": "websocket-server",
  "/": "web-app",
};

/** Who signs access tokens and publishes the keys that verify them. */
export const TOKEN_ISSUER = "auth-service" satisfies ServiceName;

/** The databases in the cluster, each a StatefulSet and an address of that name, and their ports. */
export const DATABASE_PORTS = { mongodb: 27017, redis: 6379 } as const;
export type DatabaseName = keyof typeof DATABASE_PORTS;

/** What a service can ask to reach. Each gives environment and, where needed, files. */
export type LinkName =
  | "mongodb"
  | "redis"
  | "token-verification"
  | "token-signing"
  | "second-factors"
  | "oidc-providers"
  | "mcp-address"
  | "run-tokens"
  | "object-store"
  | "media-urls"
  | "audit-key"
  | "content-keys"
  | "transit-keys";

interface ServiceDefinition {
  /** Services it calls; each gives `<NAME>_URL`. */
  readonly calls?: readonly ServiceName[];
  readonly links?: readonly LinkName[];
  readonly env?: Readonly<Record<string, string>>;
  /** Room in `/tmp` for files that are worked on, where the usual is not enough. */
  readonly scratch?: string;
  /** Path behind the address that callers get. */
  readonly basePath?: string;
  /** Whether a browser stays with the pod that it got first, while that one is there. */
  readonly sticky?: boolean;
}

/** What the services need. Sizes differ by stack: the defaults below, then `resources` and `scaling` in its file. */
export const SERVICES: Readonly<Record<ServiceName, ServiceDefinition>> = {
  "api-gateway": {
    calls: ["auth-service", "context-protocol-server", "media-processing"],
    links: ["redis", "token-verification"],
    // The ingress controller.
    env: { TRUSTED_PROXY_COUNT: "1" },
  },
  "auth-service": {
    links: [
      "mongodb",
      "redis",
      "token-verification",
      "token-signing",
      "second-factors",
      "oidc-providers",
      "audit-key",
    ],
    // The ingress controller and api-gateway.
    env: { TRUSTED_PROXY_COUNT: "2" },
  },
  "context-protocol-server": {
    calls: ["auth-service", "media-processing"],
    links: [
      "mongodb",
      "redis",
      "token-verification",
      "mcp-address",
      "run-tokens",
      "content-keys",
      "transit-keys",
    ],
  },
  "websocket-server": {
    calls: ["context-protocol-server"],
    links: ["redis", "token-verification", "transit-keys"],
  },
  "agent-orchestrator": {
    calls: ["llm-server", "context-protocol-server"],
    links: ["mongodb", "redis", "run-tokens", "content-keys", "transit-keys", "audit-key"],
    // The embedded model is too small to call tools.
    env: { LLM_MODEL: "smollm2-135m-instruct", LLM_TOOLS: "false", LLM_CONTINUES: "true" },
  },
  "llm-server": { basePath: "/v1" },
  "media-processing": {
    links: [
      "mongodb",
      "redis",
      "object-store",
      "media-urls",
      "token-verification",
      "content-keys",
      "audit-key",
    ],
    // Memory of a picture goes back to the system; with an arena for each thread most of it would stay.
    env: { MALLOC_ARENA_MAX: "2" },
    scratch: "512Mi",
  },
  // A page and its scripts come from one build, also while an update brings the next.
  "web-app": { sticky: true },
};

export const DEFAULT_RESOURCES = {
  requests: { cpu: "500m", memory: "512Mi" },
  limits: { cpu: "1", memory: "1Gi" },
} as const;

export const DEFAULT_SCALING = { min: 3, max: 10, cpuPercent: 70, memoryPercent: 80 } as const;

/** @returns `http://name:8000` with the service's base path, as other pods of the namespace reach it. */
export function addressOf(name: ServiceName): string {
  return `http://${name}:${HTTP_PORT}${SERVICES[name].basePath ?? ""}`;
}
