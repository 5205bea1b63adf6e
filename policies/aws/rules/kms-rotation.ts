import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** Only symmetric keys can rotate: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html */
export const kmsRotation = resourceRule({
  name: "kms-rotation",
  description:
    "Rotation limits how much one version of a key protects, and costs nothing. Set enableKeyRotation: true.",
  enforcementLevel: "mandatory",
  types: ["aws:kms/key:Key"],
  *check({ enableKeyRotation, customerMasterKeySpec = "SYMMETRIC_DEFAULT" }) {
    if (enableKeyRotation === true || customerMasterKeySpec !== "SYMMETRIC_DEFAULT") return;
    yield { wrong: "the key never changes", fix: [{ path: ["enableKeyRotation"], value: true }] };
  },
});
