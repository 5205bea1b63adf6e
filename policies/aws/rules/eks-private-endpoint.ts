import { resourceRule } from "@mobile-ai-agent/policies-rule-kit";

/** @see https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html */
export const eksPrivateEndpoint = resourceRule({
  name: "eks-private-endpoint",
  description:
    "The Kubernetes API is the key to everything in the cluster. Give it a private endpoint, and a public one for " +
    "named address ranges at most.",
  enforcementLevel: "mandatory",
  types: ["aws:eks/cluster:Cluster"],
  *check({ vpcConfig = {} }) {
    if (vpcConfig.endpointPrivateAccess !== true) {
      yield {
        wrong: "nodes reach the Kubernetes API over its public address",
        fix: [{ path: ["vpcConfig", "endpointPrivateAccess"], value: true }],
      };
    }
    const ranges: string[] = vpcConfig.publicAccessCidrs?.length
      ? vpcConfig.publicAccessCidrs
      : ["0.0.0.0/0"];
    if (vpcConfig.endpointPublicAccess !== false && ranges.includes("0.0.0.0/0")) {
      yield {
        wrong: "everybody may reach the Kubernetes API",
        fix: [{ path: ["vpcConfig", "endpointPublicAccess"], value: false }],
      };
    }
  },
});
