import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, WORKLOADS } from "../pods.ts";

/** Pod Security "restricted": https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const noPrivilegeEscalation = resourceRule({
  name: "no-privilege-escalation",
  description:
    "A setuid binary must not give a process more than it started with, and a privileged container owns its node. " +
    "Set allowPrivilegeEscalation: false and leave privileged out.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    for (const { value, path, title } of containersOf(props, type)) {
      if (value.securityContext?.privileged === true) {
        yield {
          wrong: `${title} is privileged`,
          fix: [{ path: [...path, "securityContext", "privileged"] }],
        };
      }
      if (value.securityContext?.allowPrivilegeEscalation !== false) {
        yield {
          wrong: `${title} may gain privileges`,
          fix: [{ path: [...path, "securityContext", "allowPrivilegeEscalation"], value: false }],
        };
      }
    }
  },
});
