import { type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** On by default: https://docs.aws.amazon.com/documentdb/latest/developerguide/security.encryption.ssl.html */
export const databaseTls = resourceRule({
  name: "database-tls",
  description:
    "Passwords and messages must not cross a network as plain text. Leave the parameter tls out, or enable it.",
  enforcementLevel: "mandatory",
  types: ["aws:docdb/clusterParameterGroup:ClusterParameterGroup"],
  *check({ parameters = [] }) {
    for (const [index, { name, value }] of (parameters as Props[]).entries()) {
      if (name !== "tls" || value !== "disabled") continue;
      yield {
        wrong: "clients may talk to it without TLS",
        fix: [{ path: ["parameters", index, "value"], value: "enabled" }],
      };
    }
  },
});
