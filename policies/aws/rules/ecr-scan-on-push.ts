import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

export const ecrScanOnPush = resourceRule({
  name: "ecr-scan-on-push",
  description:
    "A known hole should be found before it is deployed. Set imageScanningConfiguration.scanOnPush: true.",
  enforcementLevel: "mandatory",
  types: ["aws:ecr/repository:Repository"],
  *check({ imageScanningConfiguration }) {
    if (imageScanningConfiguration?.scanOnPush === true) return;
    yield {
      wrong: "its images are not scanned",
      fix: [{ path: ["imageScanningConfiguration", "scanOnPush"], value: true }],
    };
  },
});
