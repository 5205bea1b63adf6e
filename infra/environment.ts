import { z } from "zod";

/** What differs between environments: which kind of each part, and that kind's settings. Others are refused. */

const dnsLabel = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "a DNS label, such as mobile-ai-agent");
const cidr = z.cidrv4("an IPv4 range, such as 203.0.113.0/24");
const days = (max: number) => z.int().min(1).max(max);

const Nodes = z
  .strictObject({
    instanceTypes: z.array(z.string().regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, "such as m7i.xlarge")).min(1),
    min: z.int().min(3, "at least 3: one for each zone"),
    max: z.int().positive(),
    diskGiB: z.int().min(20).default(80),
  })
  .refine(({ min, max }) => min <= max, "min is greater than max");

const Eks = z.strictObject({
  kind: z.literal("eks"),
  version: z.string().regex(/^1\.\d{2}$/, 'a minor version in quotes, such as "1.34"'),
  /** Addresses of the whole network; nodes and pods, load balancer and databases have subnets of their own in it. */
  network: z
    .string()
    .regex(/^\d{1,3}\.\d{1,3}\.0\.0\/16$/, "a private IPv4 range of 65,536 addresses, such as 10.40.0.0/16"),
  natGateways: z.enum(["per-zone", "single"]).default("per-zone"),
  /** Who reaches the Kubernetes API from outside of the network; nobody by default. */
  publicAccess: z
    .array(cidr.refine((range) => !range.endsWith("/0"), "everybody is not allowed: name your own ranges"))
    .default([]),
  /** IAM roles that administer the cluster, besides the one that makes it. */
  adminRoles: z
    .array(z.string().regex(/^arn:aws:iam::\d{12}:role\/.+$/, "the ARN of an IAM role"))
    .default([]),
  nodes: Nodes,
});

export const Cluster = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("existing"),
    /** Path of a kubeconfig; without it, KUBECONFIG and ~/.kube/config are used. */
    kubeconfig: z.string().min(1).optional(),
    /** Context in the kubeconfig; without it, the current one. */
    context: z.string().min(1).optional(),
  }),
  Eks,
]);

/** The account that everything on AWS is made in: another one's credentials are refused. */
export const Aws = z
  .strictObject({
    accountId: z.string().regex(/^\d{12}$/, "twelve digits in quotes"),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "a region, such as eu-central-1"),
    zones: z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d[a-z]$/, "an availability zone, such as eu-central-1a"))
      .length(3, "three availability zones")
      .refine((zones) => new Set(zones).size === zones.length, "three different zones"),
  })
  .refine(({ region, zones }) => zones.every((zone) => zone.slice(0, -1) === region), {
    path: ["zones"],
    message: "zones of the region",
  });

export const DocumentDatabase = z.discriminatedUnion("kind", [
  /** FerretDB over SQLite in the cluster, one pod: for one machine. */
  z.strictObject({ kind: z.literal("ferretdb") }),
  z.strictObject({
    kind: z.literal("documentdb"),
    instanceClass: z.string().regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, "such as db.r6g.large"),
    /** One writes, the others read and take over. */
    instances: z.int().min(3, "at least 3: one for each zone").max(16).default(3),
    backupDays: days(35).default(14),
  }),
  /** Whatever speaks the MongoDB protocol elsewhere, such as Atlas. */
  z.strictObject({
    kind: z.literal("mongodb"),
    /** Set it with `pulumi config set --secret --path 'mobile-ai-agent:documentDatabase.uri'`. */
    uri: z
      .string()
      .regex(
        /^mongodb(\+srv)?:\/\/[^/]+\/[^/?]+/,
        "mongodb:// or mongodb+srv:// with the name of the database",
      ),
    /** Where its servers are: pods reach these ranges only. */
    networks: z.array(cidr).min(1, "the address ranges of its servers"),
    port: z.int().min(1).max(65_535).default(27_017),
  }),
]);

export const Cache = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("redis") }),
  z.strictObject({
    kind: z.literal("elasticache"),
    nodeType: z.string().regex(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, "such as cache.r7g.large"),
    /** Copies beside the one that is written to. */
    replicas: z.int().min(2, "at least 2: three nodes for three zones").max(5).default(2),
    snapshotDays: days(35).default(7),
  }),
]);

export const ObjectStore = z.discriminatedUnion("kind", [
  /** A volume of the cluster, for one node. */
  z.strictObject({ kind: z.literal("volume") }),
  z.strictObject({
    kind: z.literal("s3"),
    /** Days after which backups move to cheaper storage, and after which they are removed. */
    backupArchiveDays: days(3650).default(30),
    backupExpiryDays: days(3650).default(365),
  }),
]);

export const Certificate = z.discriminatedUnion("kind", [
  /** From an authority of the stack's own, which clients are told to trust. */
  z.strictObject({ kind: z.literal("own") }),
  /** From Let's Encrypt by cert-manager, which proves the name by records in a zone of Route 53. */
  z.strictObject({
    kind: z.literal("acme"),
    email: z.email("the address that Let's Encrypt writes to"),
    hostedZoneId: z
      .string()
      .regex(/^Z[A-Z0-9]+$/, "the id of a hosted zone in Route 53, such as Z0123456789"),
  }),
]);

const entrance = {
  /** Name of the IngressClass or GatewayClass. */
  class: dnsLabel.default("traefik"),
  /** Namespace of the controller's pods: only they may reach the routed services. */
  namespace: dnsLabel.default("ingress"),
};

export const Ingress = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("ingress"), ...entrance }),
  z.strictObject({ kind: z.literal("gateway"), ...entrance }),
]);

export const IngressController = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("existing") }),
  z.strictObject({
    kind: z.literal("traefik"),
    replicas: z.int().min(2, "at least 2: one may go at any time").default(3),
  }),
]);

export const VerticalAutoscaler = z.discriminatedUnion("kind", [
  /** The cluster has the definitions of VerticalPodAutoscaler and a recommender. */
  z.strictObject({ kind: z.literal("existing") }),
  z.strictObject({ kind: z.literal("recommender") }),
]);

/** Who people can sign in with besides a password, by OpenID Connect. */
export const OidcProvider = z.strictObject({
  /** Name in addresses; people's accounts with the provider keep it, so it stays. */
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, "lower-case letters, digits, dashes"),
  /** What the button says. */
  label: z.string().trim().min(1).max(40),
  issuer: z.url({ protocol: /^https$/, error: "the https address that its discovery document names" }),
  clientId: z.string().min(1),
  /** Set it with `pulumi config set --secret --path 'mobile-ai-agent:oidcProviders[0].clientSecret'`. */
  clientSecret: z.string().min(1).optional(),
  clientAuthentication: z.enum(["client_secret_basic", "client_secret_post"]).default("client_secret_basic"),
  scopes: z.array(z.string().min(1)).default(["openid", "email", "profile"]),
  /** Where its servers are: auth-service reaches these ranges, on the issuer's port. */
  networks: z.array(cidr).min(1).default(["0.0.0.0/0"]),
});
export type OidcProviderSettings = z.infer<typeof OidcProvider>;

export type EksSettings = z.infer<typeof Eks>;
export type AwsSettings = z.infer<typeof Aws>;
export type IngressSettings = z.infer<typeof Ingress>;
type Of<Schema extends z.ZodType, Kind> = Extract<z.infer<Schema>, { kind: Kind }>;
export type DocumentDbSettings = Of<typeof DocumentDatabase, "documentdb">;
export type MongoSettings = Of<typeof DocumentDatabase, "mongodb">;
export type ElastiCacheSettings = Of<typeof Cache, "elasticache">;
export type S3Settings = Of<typeof ObjectStore, "s3">;
export type AcmeSettings = Of<typeof Certificate, "acme">;
