import type { Provider } from "@pulumi/kubernetes/provider.js";
import type * as pulumi from "@pulumi/pulumi";
import type { AwsSite } from "../aws/site.ts";

/** A Kubernetes cluster, whoever made it. */
export interface Cluster {
  readonly provider: Provider;
  /** StorageClass of volumes; without it, the cluster's default. */
  readonly storageClass?: pulumi.Input<string>;
  /** What has to be there before anything of the platform is made in it. */
  readonly foundations: readonly pulumi.Resource[];
  /** Where its API answers from within: the address ranges of the API server. */
  readonly apiServer: readonly string[];
  /** What else can be made beside it, if the program made it on AWS. */
  readonly site?: AwsSite;
}

/** @throws when the cluster is not on AWS; the configuration's schema refuses that before. */
export function siteOf({ site }: Cluster): AwsSite {
  if (!site) throw new Error("a part of the platform needs AWS, and the cluster is not there");
  return site;
}
