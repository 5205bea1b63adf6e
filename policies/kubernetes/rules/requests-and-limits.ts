import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, WORKLOADS } from "../pods.ts";

/** Where to begin when nothing is measured yet. */
const EXAMPLES: Readonly<Record<string, string>> = { cpu: "500m", memory: "512Mi" };

export const requestsAndLimits = resourceRule({
  name: "requests-and-limits",
  description:
    "Without requests the scheduler and the autoscaler are blind; without limits one pod starves its neighbours. " +
    "Give every container requests and limits of CPU and memory.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    for (const { value, path, title } of containersOf(props, type)) {
      for (const kind of ["requests", "limits"]) {
        for (const [resource, example] of Object.entries(EXAMPLES)) {
          if (value.resources?.[kind]?.[resource] !== undefined) continue;
          yield {
            wrong: `${title} has no ${kind} of ${resource}`,
            fix: [{ path: [...path, "resources", kind, resource], value: example }],
          };
        }
      }
    }
  },
});
