/** The programs that are bundled from `apps/`. */
export const SERVICES = [
  "api-gateway",
  "auth-service",
  "context-protocol-server",
  "websocket-server",
  "agent-orchestrator",
  "llm-server",
  "media-processing",
  "web-app",
  "backup",
] as const;

/** Every image that the Pulumi program deploys on any cluster. */
export const SERVICE_IMAGES: readonly string[] = [...SERVICES, "redis", "ferretdb", "prometheus"];

/** What the program deploys besides, where the cluster brings none. */
const CONTROLLER_IMAGES: readonly string[] = ["traefik", "vpa-recommender"];

/** Every image that a registry has to have for any stack. */
export const PUBLISHED_IMAGES: readonly string[] = [...SERVICE_IMAGES, ...CONTROLLER_IMAGES];

/** What the built-in cluster itself runs. */
export const CLUSTER_IMAGES: readonly string[] = ["pause", "coredns", "metrics-server", ...CONTROLLER_IMAGES];

export interface ImageInputs {
  /** Path of the static executable of ferretdb or of a cluster image. */
  readonly binary?: string;
  /** Path of the GGUF file that goes into llm-server. */
  readonly model?: string;
}
