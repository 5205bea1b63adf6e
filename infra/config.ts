import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
  Aws,
  Cache,
  Certificate,
  Cluster,
  DocumentDatabase,
  Ingress,
  IngressController,
  ObjectStore,
  OidcProvider,
  VerticalAutoscaler,
} from "./environment.ts";
import { SERVICE_NAMES } from "./services.ts";

const PROJECT = "mobile-ai-agent";

export const IMAGE_NAMES = [
  ...SERVICE_NAMES,
  "backup",
  "ferretdb",
  "redis",
  "prometheus",
  "traefik",
  "vpa-recommender",
] as const;
type ImageName = (typeof IMAGE_NAMES)[number];

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label, such as mobile-ai-agent");
const dnsName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "a DNS name, such as agent.example.com");
const cpu = z.string().regex(/^\d+m?$/, 'CPU as a Kubernetes quantity, such as "500m" or "2"');
const memory = z.string().regex(/^\d+(Ki|Mi|Gi)$/, 'memory as a Kubernetes quantity, such as "512Mi"');
const imageTag = z.string().regex(/^\w[\w.-]{0,127}$/, "an image tag");
const imageDigest = z
  .string()
  .regex(/^sha256:[0-9a-f]{64}$/, "a digest: sha256: and 64 hex digits, as `npm run images` writes them");
const profileName = z.enum(["default", ...SERVICE_NAMES]);

const quantities = z.strictObject({ cpu, memory });
const Resources = z.strictObject({ requests: quantities, limits: quantities });
const Scaling = z
  .strictObject({
    min: z.int().positive(),
    max: z.int().positive(),
    /** Average use of the requested CPU above which pods are added, in percent. */
    cpuPercent: z.int().min(1).max(100).default(70),
    memoryPercent: z.int().min(1).max(100).default(80),
  })
  .refine(({ min, max }) => min <= max, "min is greater than max");
export type Resources = z.infer<typeof Resources>;
export type Scaling = z.infer<typeof Scaling>;

/** The keys of `Pulumi.<stack>.yaml`, each as `mobile-ai-agent:<key>`. Others are refused. */
export const Config = z
  .strictObject({
    /** Kubernetes namespace of everything that the program makes. */
    namespace: dnsLabel.default("mobile-ai-agent"),
    /** Name under which clients reach the platform; it is in the certificate. */
    host: dnsName.default("localhost"),
    /** Port of the platform's address as clients see it. */
    httpsPort: z.coerce.number().int().min(1).max(65_535).default(8443),
    /** Where the platform runs. */
    cluster: Cluster.default({ kind: "existing" }),
    /** The account and region of what runs on AWS. */
    aws: Aws.optional(),
    documentDatabase: DocumentDatabase.default({ kind: "ferretdb" }),
    cache: Cache.default({ kind: "redis" }),
    objectStore: ObjectStore.default({ kind: "volume" }),
    certificate: Certificate.default({ kind: "own" }),
    /** How the routes are written: as an Ingress, or for the Gateway API. */
    ingress: Ingress.prefault({ kind: "ingress" }),
    ingressController: IngressController.default({ kind: "existing" }),
    verticalAutoscaler: VerticalAutoscaler.default({ kind: "existing" }),
    /** Who people can sign in with besides a password. */
    oidcProviders: z
      .array(OidcProvider)
      .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "each needs an id of its own")
      .default([]),
    /** Folder with the definitions that `infra/definitions` names; without it, they are downloaded. */
    definitionsFolder: z.string().min(1).optional(),
    /** Registry and path before every image's name: `<imageRegistry>/<name>:<tag>`. */
    imageRegistry: z.string().min(1).default("localhost/mobile-ai-agent"),
    /** Tag of the images that `imageTags` does not name. */
    imageTag: imageTag.default("dev"),
    /** Tags by image name: see IMAGE_NAMES. */
    imageTags: z.partialRecord(z.enum(IMAGE_NAMES), imageTag).default({}),
    /** Digests by image name, which go before tags: a registry can move a tag. */
    imageDigests: z.partialRecord(z.enum(IMAGE_NAMES), imageDigest).default({}),
    /** StorageClass of the databases' volumes; without it, the cluster's default. */
    storageClass: z.string().min(1).optional(),
    /** Days after which a backup is removed; the newest usable one stays. */
    backupRetentionDays: z.coerce.number().int().min(1).default(7),
    /** CPU and memory by service; `default` is for the services that are not named. */
    resources: z.partialRecord(profileName, Resources).default({}),
    /** Number of pods and the use that adds more, by service; `default` is for those that are not named. */
    scaling: z.partialRecord(profileName, Scaling).default({}),
  })
  .superRefine((config, context) => {
    for (const [key, fault] of misfits(config))
      context.addIssue({ code: "custom", path: [key], message: fault });
  });
export type Config = z.infer<typeof Config>;

/** Parts that lie in the network of the cluster that the program makes. */
const ON_AWS = {
  documentDatabase: "documentdb",
  cache: "elasticache",
  objectStore: "s3",
  certificate: "acme",
  ingressController: "traefik",
} as const;

/** @returns parts that don't go with each other: the key at fault, and what is wrong with it. */
function misfits(
  config: Record<keyof typeof ON_AWS | "cluster", { kind: string }> & { aws?: unknown },
): [string, string][] {
  if (config.cluster.kind === "eks")
    return config.aws ? [] : [["aws", "is missing: cluster.kind eks needs accountId, region and zones"]];
  return Object.entries(ON_AWS)
    .filter(([key, kind]) => config[key as keyof typeof ON_AWS].kind === kind)
    .map(([key, kind]) => [
      `${key}`,
      `${kind} needs cluster.kind eks, in whose network it lies: change one of them`,
    ]);
}

const STRUCTURED = new Set([
  ...["imageTags", "imageDigests", "resources", "scaling", "cluster", "aws", "verticalAutoscaler"],
  ...["documentDatabase", "cache", "objectStore", "certificate", "ingress", "ingressController"],
  "oidcProviders",
]);

/**
 * Reads the stack's configuration. Only this function does.
 *
 * @throws RunError that names every key at fault, what is wrong and how to change it.
 */
export function readConfig(all: Record<string, string> = pulumi.runtime.allConfig()): Config {
  const prefix = `${PROJECT}:`;
  const values = Object.entries(all)
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, text]) => [key.slice(prefix.length), text] as const);
  const result = Config.safeParse(Object.fromEntries(values.map(([key, text]) => [key, parse(key, text)])));
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((key) => describe([...issue.path, key], "is not a key of this program: remove it"))
      : describe(issue.path, issue.message),
  );
  throw new pulumi.RunError(`the stack's configuration can't be used:\n${faults.join("\n")}`);
}

/** Objects arrive as JSON; what is not JSON is left to the schema to refuse. */
function parse(key: string, text: string): unknown {
  if (!STRUCTURED.has(key)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describe(path: readonly PropertyKey[], fault: string): string {
  return `  ${PROJECT}:${path.map(String).join(".")}: ${fault} (in Pulumi.<stack>.yaml; keys: infra/config.ts)`;
}

/** @returns the reference of an image: `ghcr.io/you/agent/redis@sha256:…` or `localhost/mobile-ai-agent/redis:3f2a…` */
export function imageOf(config: Config, name: ImageName): string {
  const digest = config.imageDigests[name];
  if (digest) return `${config.imageRegistry}/${name}@${digest}`;
  return `${config.imageRegistry}/${name}:${config.imageTags[name] ?? config.imageTag}`;
}
