import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

export const databaseEncrypted = resourceRule({
  name: "database-encrypted",
  description:
    "Snapshots and disks outlive the database that they come from, and a database can't be encrypted afterwards. Set " +
    "storageEncrypted: true from the start.",
  enforcementLevel: "mandatory",
  types: ["aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:docdb/cluster:Cluster"],
  *check({ storageEncrypted }) {
    if (storageEncrypted === true) return;
    yield { wrong: "its storage is not encrypted", fix: [{ path: ["storageEncrypted"], value: true }] };
  },
});
