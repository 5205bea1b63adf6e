import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html */
export const instanceMetadata = resourceRule({
  name: "instance-metadata",
  description:
    "A service that can be made to fetch a URL fetches the node's credentials. Set metadataOptions.httpTokens: " +
    "required, and httpPutResponseHopLimit: 1, so that no answer gets into a pod's network.",
  enforcementLevel: "mandatory",
  types: ["aws:ec2/launchTemplate:LaunchTemplate"],
  *check({ metadataOptions = {} }) {
    if (metadataOptions.httpTokens !== "required") {
      yield {
        wrong: "the metadata service answers without a token",
        fix: [{ path: ["metadataOptions", "httpTokens"], value: "required" }],
      };
    }
    if (metadataOptions.httpPutResponseHopLimit !== 1) {
      yield {
        wrong: "pods reach the metadata service of their node",
        fix: [{ path: ["metadataOptions", "httpPutResponseHopLimit"], value: 1 }],
      };
    }
  },
});
