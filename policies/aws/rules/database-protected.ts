import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

const LEAST_DAYS = 7;

export const databaseProtected = resourceRule({
  name: "database-protected",
  description:
    "A database that can be deleted by one wrong command, or whose backups end before a mistake is noticed, loses what " +
    `can't be made again. Set deletionProtection: true, and backups of ${LEAST_DAYS} days at least.`,
  enforcementLevel: "mandatory",
  types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster"],
  *check({ deletionProtection, backupRetentionPeriod = 1, skipFinalSnapshot }) {
    if (deletionProtection !== true) {
      yield { wrong: "one command deletes it", fix: [{ path: ["deletionProtection"], value: true }] };
    }
    if (backupRetentionPeriod < LEAST_DAYS) {
      yield {
        wrong: `its backups are kept for ${backupRetentionPeriod} days`,
        fix: [{ path: ["backupRetentionPeriod"], value: LEAST_DAYS }],
      };
    }
    if (skipFinalSnapshot === true) {
      yield { wrong: "its deletion leaves no snapshot", fix: [{ path: ["skipFinalSnapshot"] }] };
    }
  },
});
