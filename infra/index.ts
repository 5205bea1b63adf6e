import { randomBytes } from "node:crypto";
import { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { AppIngress } from "./components/app-ingress.ts";
import { AppService } from "./components/app-service.ts";
import { BackupJob, encryptionKeyLink } from "./components/backup-job.ts";
import { Monitoring } from "./components/monitoring.ts";
import { createNamespace } from "./components/namespace.ts";
import { NetworkPolicies } from "./components/network-policies.ts";
import type { Link } from "./components/pod.ts";
import { imageOf, readConfig } from "./config.ts";
import { createMongoCredentials, FerretDb } from "./data/ferret-db.ts";
import { MediaVolume } from "./data/media-volume.ts";
import { createRedisCredentials, Redis } from "./data/redis.ts";
import { mcpAddress } from "./mcp-address.ts";
import { createIngressCertificate } from "./secrets/ingress-certificate.ts";
import { createMediaUrlKey, mediaUrls } from "./secrets/media-urls.ts";
import { readKey, secretGroup } from "./secrets/secret-group.ts";
import {
  createRunTokenKey,
  createTokenCredentials,
  runTokens,
  tokenSigning,
  tokenVerification,
} from "./secrets/tokens.ts";
import { maxPods, serviceArgs } from "./service-args.ts";
import { type LinkName, ROUTES, SERVICE_NAMES } from "./services.ts";

export interface Outputs {
  readonly namespace: pulumi.Output<string>;
  /** `https://host:port`, without a path. */
  readonly url: string;
  /** PEM of the authority that clients have to trust. */
  readonly caCertificate: pulumi.Output<string>;
}

/** The platform: data stores, secrets, services, monitoring and the way in. */
export default async function program(): Promise<Outputs> {
  const config = readConfig();
  const url = `https://${config.host}:${config.httpsPort}`;
  const provider = new Provider("cluster", {
    kubeconfig: config.kubeconfig,
    context: config.context,
    enableServerSideApply: true,
  });
  const cluster = { provider };
  const { storageClass, ingressNamespace } = config;
  const created = createNamespace(config.namespace, cluster).metadata.name;
  const { namespace } = new NetworkPolicies("network", { namespace: created, ingressNamespace }, cluster);

  const mongodb = new FerretDb(
    {
      namespace,
      image: imageOf(config, "ferretdb"),
      credentials: await createMongoCredentials(config.namespace),
      storageClass,
    },
    cluster,
  );
  const redis = new Redis(
    { namespace, image: imageOf(config, "redis"), credentials: createRedisCredentials(), storageClass },
    cluster,
  );
  const jwt = secretGroup("jwt-credentials", { namespace, values: createTokenCredentials() }, cluster);
  const runTokenKey = secretGroup("run-token-key", { namespace, values: createRunTokenKey() }, cluster);
  const objects = new MediaVolume({ namespace, storageClass }, cluster);
  const mediaUrlKey = secretGroup("media-urls", { namespace, values: createMediaUrlKey() }, cluster);
  const encryptionKey = secretGroup(
    "encryption-key",
    { namespace, values: { key: randomBytes(32).toString("base64") } },
    cluster,
  );
  // The host is in the name: another host is another certificate.
  const tls = secretGroup(
    `ingress-tls-${config.host}`,
    { namespace, values: await createIngressCertificate(config.host), type: "kubernetes.io/tls" },
    cluster,
  );

  const links: Record<LinkName, Link> = {
    mongodb: mongodb.link,
    redis: redis.link,
    "token-verification": tokenVerification(url),
    "token-signing": tokenSigning(jwt.metadata.name),
    "mcp-address": mcpAddress(url),
    "run-tokens": runTokens(runTokenKey.metadata.name),
    "object-store": objects.link,
    "media-urls": mediaUrls(mediaUrlKey.metadata.name),
  };
  for (const name of SERVICE_NAMES) {
    new AppService(name, { namespace, ...serviceArgs(name, config, links) }, cluster);
  }
  new BackupJob(
    "backup",
    {
      namespace,
      image: imageOf(config, "backup"),
      links: [mongodb.link, encryptionKeyLink(encryptionKey.metadata.name)],
      retentionDays: config.backupRetentionDays,
      storageClass,
    },
    cluster,
  );
  new Monitoring(
    {
      ...{ namespace, storageClass, image: imageOf(config, "prometheus") },
      ...{ services: SERVICE_NAMES, maxPods: maxPods(config) },
    },
    cluster,
  );
  new AppIngress(
    "ingress",
    {
      namespace,
      host: config.host,
      ingressClass: config.ingressClass,
      tlsSecret: tls.metadata.name,
      routes: ROUTES,
    },
    cluster,
  );
  return { namespace, url, caCertificate: pulumi.unsecret(readKey(tls, "ca.crt")) };
}
