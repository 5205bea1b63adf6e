import { randomBytes } from "node:crypto";
import type * as pulumi from "@pulumi/pulumi";
import { openCluster } from "./clusters/index.ts";
import { AppService } from "./components/app-service.ts";
import { BackupJob, encryptionKeyLink } from "./components/backup-job.ts";
import { Monitoring } from "./components/monitoring.ts";
import { createNamespace } from "./components/namespace.ts";
import { NetworkPolicies } from "./components/network-policies.ts";
import type { Link } from "./components/pod.ts";
import { imageOf, readConfig } from "./config.ts";
import { createCache, createDocumentDatabase, createObjectStore } from "./data/index.ts";
import { createEntrance } from "./entrance.ts";
import { createFoundations } from "./foundations.ts";
import { mcpAddress } from "./mcp-address.ts";
import { outsidePlaces } from "./network/outside-places.ts";
import { auditKey, createAuditKeys } from "./secrets/audit.ts";
import { createCertificate } from "./secrets/certificate.ts";
import { contentKeys, createContentKeys, transitKeys } from "./secrets/content-keys.ts";
import { createMediaUrlKey, mediaUrls } from "./secrets/media-urls.ts";
import { oidcProviders } from "./secrets/oidc-providers.ts";
import { secretGroup } from "./secrets/secret-group.ts";
import {
  createRunTokenKey,
  createSecondFactorKeys,
  createTokenCredentials,
  runTokens,
  secondFactors,
  tokenSigning,
  tokenVerification,
} from "./secrets/tokens.ts";
import { maxPods, serviceArgs } from "./service-args.ts";
import { type LinkName, SERVICE_NAMES } from "./services.ts";

export interface Outputs {
  readonly namespace: pulumi.Output<string>;
  /** `https://host:port`, without a path. */
  readonly url: string;
  /** PEM of the authority that clients have to trust, unless they do already. */
  readonly caCertificate?: pulumi.Output<string>;
}

/** The platform: data stores, secrets, services, monitoring and the way in. */
export default async function program(): Promise<Outputs> {
  const config = readConfig();
  const url = new URL(`https://${config.host}:${config.httpsPort}`).origin;
  const cluster = await openCluster(config);
  const { provider, storageClass } = cluster;
  const foundations = await createFoundations(config, cluster);
  const created = createNamespace(config.namespace, { provider, dependsOn: foundations }).metadata.name;
  const { namespace } = new NetworkPolicies(
    "network",
    {
      namespace: created,
      ingressNamespace: config.ingress.namespace,
      ...outsidePlaces(config),
    },
    { provider },
  );

  const parts = { config, cluster, namespace };
  const mongodb = await createDocumentDatabase(parts);
  const redis = await createCache(parts);
  const objects = await createObjectStore(parts);
  const jwt = secretGroup("jwt-credentials", { namespace, values: createTokenCredentials() }, { provider });
  const totp = secretGroup(
    "second-factor-keys",
    { namespace, values: createSecondFactorKeys() },
    { provider },
  );
  const runTokenKey = secretGroup("run-token-key", { namespace, values: createRunTokenKey() }, { provider });
  const mediaUrlKey = secretGroup("media-urls", { namespace, values: createMediaUrlKey() }, { provider });
  const auditKeys = secretGroup("audit-key", { namespace, values: createAuditKeys() }, { provider });
  const content = secretGroup("content-keys", { namespace, values: createContentKeys() }, { provider });
  const encryptionKey = secretGroup(
    "encryption-key",
    { namespace, values: { key: randomBytes(32).toString("base64") } },
    { provider },
  );

  const links: Record<LinkName, Link> = {
    mongodb: mongodb.link,
    redis: redis.link,
    "token-verification": tokenVerification(url),
    "token-signing": tokenSigning(jwt.metadata.name),
    "second-factors": secondFactors(totp.metadata.name),
    "oidc-providers": oidcProviders({ namespace, settings: config.oidcProviders }, { provider }),
    "mcp-address": mcpAddress(url),
    "run-tokens": runTokens(runTokenKey.metadata.name),
    "object-store": objects.link,
    "media-urls": mediaUrls(mediaUrlKey.metadata.name),
    "audit-key": auditKey(auditKeys.metadata.name),
    "content-keys": contentKeys(content.metadata.name),
    "transit-keys": transitKeys(content.metadata.name),
  };
  for (const name of SERVICE_NAMES) {
    new AppService(name, { namespace, ...serviceArgs(name, config, links) }, { provider });
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
    { provider },
  );
  new Monitoring(
    {
      ...{ namespace, storageClass, image: imageOf(config, "prometheus") },
      ...{ services: SERVICE_NAMES, maxPods: maxPods(config) },
    },
    { provider },
  );
  const certificate = await createCertificate(parts);
  await createEntrance({ ...parts, foundations, tlsSecret: certificate.secret });
  return { namespace, url, caCertificate: certificate.authority };
}
