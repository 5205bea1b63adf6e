import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

const LABEL = "pod-security.kubernetes.io/enforce";

/** https://kubernetes.io/docs/concepts/security/pod-security-admission/ */
export const restrictedNamespace = resourceRule({
  name: "restricted-namespace",
  description:
    "The API server refuses what slips past these rules only if the namespace says so. Label it " +
    `${LABEL}: restricted.`,
  enforcementLevel: "mandatory",
  types: ["kubernetes:core/v1:Namespace"],
  *check({ metadata }) {
    const level = metadata?.labels?.[LABEL];
    if (level === "restricted") return;
    yield {
      wrong: `the namespace enforces Pod Security ${JSON.stringify(level ?? "privileged")}`,
      fix: [{ path: ["metadata", "labels", LABEL], value: "restricted" }],
    };
  },
});
