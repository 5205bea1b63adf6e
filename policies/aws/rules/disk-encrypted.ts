import { type Props, resourceRule } from "@mobile-ai-agent/policies-rule-kit";

export const diskEncrypted = resourceRule({
  name: "disk-encrypted",
  description:
    "A node's disk holds images, logs and the memory that was written out. Set encrypted on every disk of a template.",
  enforcementLevel: "mandatory",
  types: ["aws:ec2/launchTemplate:LaunchTemplate"],
  *check({ blockDeviceMappings = [] }) {
    for (const [index, { deviceName, ebs }] of (blockDeviceMappings as Props[]).entries()) {
      if (!ebs || String(ebs.encrypted) === "true") continue;
      yield {
        wrong: `the disk ${deviceName} is not encrypted`,
        fix: [{ path: ["blockDeviceMappings", index, "ebs", "encrypted"], value: "true" }],
      };
    }
  },
});
