import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** DocumentDB and ElastiCache have no public addresses at all. */
export const databaseNotPublic = resourceRule({
  name: "database-not-public",
  description:
    "A database with a public address is one leaked password away from everybody. Leave publiclyAccessible out.",
  enforcementLevel: "mandatory",
  types: ["aws:rds/instance:Instance", "aws:rds/clusterInstance:ClusterInstance"],
  *check({ publiclyAccessible }) {
    if (publiclyAccessible !== true) return;
    yield { wrong: "the database has a public address", fix: [{ path: ["publiclyAccessible"] }] };
  },
});
