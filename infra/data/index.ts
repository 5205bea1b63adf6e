import type * as pulumi from "@pulumi/pulumi";
import { type Cluster, siteOf } from "../clusters/cluster.ts";
import { type Config, imageOf } from "../config.ts";
import type { Cache } from "./cache.ts";
import type { DocumentDatabase } from "./document-database.ts";
import { ExternalMongo } from "./external-mongo.ts";
import { createMongoCredentials, FerretDb } from "./ferret-db.ts";
import type { ObjectStore } from "./object-store.ts";
import { createRedisCredentials, Redis } from "./redis.ts";

interface DataArgs {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly namespace: pulumi.Input<string>;
}

/** Each opens the kind that the configuration names; AWS modules are loaded for what needs them. */

export async function createDocumentDatabase(args: DataArgs): Promise<DocumentDatabase> {
  const { config, cluster, namespace } = args;
  const { documentDatabase: settings } = config;
  const { provider, storageClass } = cluster;
  switch (settings.kind) {
    case "ferretdb": {
      const credentials = await createMongoCredentials(config.namespace);
      const image = imageOf(config, "ferretdb");
      return new FerretDb({ namespace, image, credentials, storageClass }, { provider });
    }
    case "mongodb":
      return new ExternalMongo({ namespace, settings }, { provider });
    case "documentdb": {
      const { DocumentDb } = await import("./documentdb.ts");
      const site = siteOf(cluster);
      return new DocumentDb({ namespace, site, settings }, { providers: [provider, site.provider] });
    }
  }
}

export async function createCache({ config, cluster, namespace }: DataArgs): Promise<Cache> {
  const { cache: settings } = config;
  const { provider, storageClass } = cluster;
  if (settings.kind === "redis") {
    const credentials = createRedisCredentials();
    return new Redis({ namespace, image: imageOf(config, "redis"), credentials, storageClass }, { provider });
  }
  const { ElastiCache } = await import("./elasticache.ts");
  const site = siteOf(cluster);
  return new ElastiCache({ namespace, site, settings }, { providers: [provider, site.provider] });
}

export async function createObjectStore({
  config,
  cluster,
  namespace,
}: DataArgs): Promise<ObjectStore | undefined> {
  const { objectStore: settings } = config;
  if (settings.kind === "none") return undefined;
  const { S3 } = await import("./s3.ts");
  const site = siteOf(cluster);
  return new S3("objects", { namespace, site, settings }, { provider: site.provider });
}
