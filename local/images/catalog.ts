/** The programs that are bundled from `apps/`. */
export const SERVICES = [
  "api-gateway",
  "auth-service",
  "context-protocol-server",
  "websocket-server",
  "agent-orchestrator",
  "llm-server",
  "web-app",
  "backup",
] as const;

/** Every image that the Pulumi program deploys. */
export const SERVICE_IMAGES: readonly string[] = [...SERVICES, "redis", "ferretdb", "prometheus"];

/** What the built-in cluster itself runs. */
export const CLUSTER_IMAGES: readonly string[] = [
  "pause",
  "coredns",
  "metrics-server",
  "vpa-recommender",
  "traefik",
];

export interface ImageInputs {
  /** Path of the static executable of ferretdb or of a cluster image. */
  readonly binary?: string;
  /** Path of the GGUF file that goes into llm-server. */
  readonly model?: string;
}
