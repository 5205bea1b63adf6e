import { subnetsOf } from "../aws/subnets.ts";
import type { Config } from "../config.ts";
import { DATABASE_PORTS } from "../services.ts";
import type { Surroundings } from "./flows.ts";

/** Gives a pod the credentials of its role: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html */
const POD_IDENTITY_AGENT = { ranges: ["169.254.170.23/32"], port: 80 };
/** S3 has no addresses of its own that stay. Its endpoint in the network keeps the way to it inside of AWS. */
const S3 = { ranges: ["0.0.0.0/0"], port: 443 };

/** @returns where those of the configuration's stores are that are no pods: known before they are made */
export function outsidePlaces(
  config: Config,
): Required<Pick<Surroundings, "outside" | "objectStore" | "oidcProviders">> {
  const { cluster, documentDatabase: database, cache, objectStore } = config;
  const ranges = cluster.kind === "eks" ? subnetsOf(cluster.network).data : [];
  return {
    outside: {
      ...(database.kind === "mongodb" && { mongodb: { ranges: database.networks, port: database.port } }),
      ...(database.kind === "documentdb" && { mongodb: { ranges, port: DATABASE_PORTS.mongodb } }),
      ...(cache.kind === "elasticache" && { redis: { ranges, port: DATABASE_PORTS.redis } }),
    },
    objectStore: objectStore.kind === "s3" ? [POD_IDENTITY_AGENT, S3] : [],
    oidcProviders: config.oidcProviders.map(({ networks, issuer }) => ({
      ranges: networks,
      port: Number(new URL(issuer).port || 443),
    })),
  };
}
