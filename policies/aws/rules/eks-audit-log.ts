import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

const REQUIRED = ["api", "audit", "authenticator"];

/** @see https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html */
export const eksAuditLog = resourceRule({
  name: "eks-audit-log",
  description: `Without an audit log nobody can tell who did what. Enable the logs ${REQUIRED.join(", ")}.`,
  enforcementLevel: "mandatory",
  types: ["aws:eks/cluster:Cluster"],
  *check({ enabledClusterLogTypes = [] }) {
    const missing = REQUIRED.filter((log) => !enabledClusterLogTypes.includes(log));
    if (missing.length === 0) return;
    yield {
      wrong: `the control plane keeps no log of ${missing.join(", ")}`,
      fix: [{ path: ["enabledClusterLogTypes"], value: [...enabledClusterLogTypes, ...missing] }],
    };
  },
});
