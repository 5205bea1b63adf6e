import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, podOf, WORKLOADS } from "../pods.ts";

const FILTERS = ["RuntimeDefault", "Localhost"];

export const seccompProfile = resourceRule({
  name: "seccomp-profile",
  description:
    "Without a seccomp filter a container reaches every system call of the kernel. Set seccompProfile.type: " +
    "RuntimeDefault on the pod.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    const pod = podOf(props, type);
    const containers = containersOf(props, type);
    const own = (value: { securityContext?: { seccompProfile?: { type?: string } } }) =>
      value.securityContext?.seccompProfile?.type;
    const inherits = containers.some(({ value }) => own(value) === undefined);
    const profile = ["securityContext", "seccompProfile", "type"];
    if (inherits && !FILTERS.includes(own(pod.value) ?? "")) {
      yield {
        wrong: "the pod has no seccomp filter",
        fix: [{ path: [...pod.path, ...profile], value: "RuntimeDefault" }],
      };
    }
    for (const { value, path, title } of containers) {
      const chosen = own(value);
      if (chosen === undefined || FILTERS.includes(chosen)) continue;
      yield {
        wrong: `${title} turns its seccomp filter off`,
        fix: [{ path: [...path, ...profile], value: "RuntimeDefault" }],
      };
    }
  },
});
