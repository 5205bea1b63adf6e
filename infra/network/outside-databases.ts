import { subnetsOf } from "../aws/subnets.ts";
import type { Config } from "../config.ts";
import { DATABASE_PORTS } from "../services.ts";
import type { Surroundings } from "./flows.ts";

/** @returns where the configuration's databases are, of those that are no pods: known before they are made. */
export function outsideDatabases(config: Config): NonNullable<Surroundings["outside"]> {
  const { cluster, documentDatabase: database, cache } = config;
  const ranges = cluster.kind === "eks" ? subnetsOf(cluster.network).data : [];
  return {
    ...(database.kind === "mongodb" && { mongodb: { ranges: database.networks, port: database.port } }),
    ...(database.kind === "documentdb" && { mongodb: { ranges, port: DATABASE_PORTS.mongodb } }),
    ...(cache.kind === "elasticache" && { redis: { ranges, port: DATABASE_PORTS.redis } }),
  };
}
