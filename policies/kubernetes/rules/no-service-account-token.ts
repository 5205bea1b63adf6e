import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { podOf, WORKLOADS } from "../pods.ts";

export const noServiceAccountToken = resourceRule({
  name: "no-service-account-token",
  description:
    "A pod that doesn't talk to the Kubernetes API needs no credentials for it. Set automountServiceAccountToken: " +
    "false; one that does talk mounts a projected token that it names.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    const pod = podOf(props, type);
    if (pod.value.automountServiceAccountToken === false) return;
    yield {
      wrong: "the pod is given credentials of the Kubernetes API",
      fix: [{ path: [...pod.path, "automountServiceAccountToken"], value: false }],
    };
  },
});
