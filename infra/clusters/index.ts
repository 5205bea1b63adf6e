import { Provider } from "@pulumi/kubernetes/provider.js";
import type { Config } from "../config.ts";
import type { Cluster } from "./cluster.ts";

/** @returns the cluster that the configuration names, or a new one on AWS. */
export async function openCluster(config: Config): Promise<Cluster> {
  const { cluster, storageClass } = config;
  if (cluster.kind === "eks") {
    // Only who needs it waits for the AWS modules to load.
    const { createEksCluster } = await import("./eks/index.ts");
    return createEksCluster(config, cluster);
  }
  const { kubeconfig, context } = cluster;
  const provider = new Provider("cluster", { kubeconfig, context, enableServerSideApply: true });
  return { provider, storageClass, foundations: [], apiServer: [] };
}
