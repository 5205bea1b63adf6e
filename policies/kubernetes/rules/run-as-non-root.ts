import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";
import { containersOf, podOf, WORKLOADS } from "../pods.ts";

/** Pod Security "restricted": https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const runAsNonRoot = resourceRule({
  name: "run-as-non-root",
  description:
    "A process that escapes a container as root is root on the node. Set runAsNonRoot: true on the pod, and no user 0.",
  enforcementLevel: "mandatory",
  types: WORKLOADS,
  *check(props, type) {
    const pod = podOf(props, type);
    const podContext = pod.value.securityContext;
    if (podContext?.runAsUser === 0) {
      yield {
        wrong: "the pod runs as user 0, which is root",
        fix: [{ path: [...pod.path, "securityContext", "runAsUser"], value: 1000 }],
      };
    }
    const containers = containersOf(props, type);
    const inherits = containers.some(({ value }) => value.securityContext?.runAsNonRoot === undefined);
    if (inherits && podContext?.runAsNonRoot !== true) {
      yield {
        wrong: "the pod may run as root",
        fix: [{ path: [...pod.path, "securityContext", "runAsNonRoot"], value: true }],
      };
    }
    for (const { value, path, title } of containers) {
      const context = value.securityContext;
      if (context?.runAsNonRoot === false) {
        yield {
          wrong: `${title} may run as root`,
          fix: [{ path: [...path, "securityContext", "runAsNonRoot"], value: true }],
        };
      }
      if (context?.runAsUser === 0) {
        yield {
          wrong: `${title} runs as user 0, which is root`,
          fix: [{ path: [...path, "securityContext", "runAsUser"], value: 1000 }],
        };
      }
    }
  },
});
