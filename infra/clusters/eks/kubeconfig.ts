import type { Cluster } from "@pulumi/aws/eks/cluster.js";
import * as pulumi from "@pulumi/pulumi";

/**
 * @returns a kubeconfig without secrets: the AWS command line makes a token from the credentials of whoever uses it.
 * @see https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
 */
export function kubeconfigOf(cluster: Cluster, region: string): pulumi.Output<string> {
  const name = cluster.name;
  return pulumi.jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [
      {
        name,
        cluster: {
          server: cluster.endpoint,
          "certificate-authority-data": cluster.certificateAuthority.data,
        },
      },
    ],
    users: [
      {
        name,
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            command: "aws",
            args: ["eks", "get-token", "--output", "json", "--region", region, "--cluster-name", name],
            interactiveMode: "Never",
          },
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
