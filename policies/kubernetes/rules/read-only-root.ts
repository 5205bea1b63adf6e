import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, WORKLOADS } from "../pods.ts";

export const readOnlyRoot = resourceRule({
  name: "read-only-root",
  description:
    "Code that can't be overwritten can't be replaced by an attacker's. Set readOnlyRootFilesystem: true and mount " +
    "an emptyDir where the process writes.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    for (const { value, path, title } of containersOf(props, type)) {
      if (value.securityContext?.readOnlyRootFilesystem === true) continue;
      yield {
        wrong: `${title} can write to its image's files`,
        fix: [{ path: [...path, "securityContext", "readOnlyRootFilesystem"], value: true }],
      };
    }
  },
});
