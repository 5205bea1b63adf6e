import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** @see https://docs.aws.amazon.com/documentdb/latest/developerguide/event-auditing.html */
export const databaseAuditLog = resourceRule({
  name: "database-audit-log",
  description:
    "Without an exported audit log nobody can tell who read or changed what. Add audit to enabledCloudwatchLogsExports.",
  enforcementLevel: "mandatory",
  types: ["aws:docdb/cluster:Cluster"],
  *check({ enabledCloudwatchLogsExports = [] }) {
    if (enabledCloudwatchLogsExports.includes("audit")) return;
    const value = [...enabledCloudwatchLogsExports, "audit"];
    yield { wrong: "it exports no audit log", fix: [{ path: ["enabledCloudwatchLogsExports"], value }] };
  },
});
