import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { API_PORT, type ClusterLayout } from "./layout.ts";

/**
 * @param identity name of the client certificate in the pki folder
 * @returns a kubeconfig (JSON, which is YAML) with one context, complete in itself
 */
export async function kubeconfigFor(
  layout: ClusterLayout,
  identity: string,
  context: string,
): Promise<string> {
  const data = async (file: string) => (await readFile(join(layout.pki, file))).toString("base64");
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": context,
    contexts: [{ name: context, context: { cluster: context, user: identity } }],
    clusters: [
      {
        name: context,
        cluster: {
          server: `https://${layout.nodeAddress}:${API_PORT}`,
          "certificate-authority-data": await data("ca.crt"),
        },
      },
    ],
    users: [
      {
        name: identity,
        user: {
          "client-certificate-data": await data(`${identity}.crt`),
          "client-key-data": await data(`${identity}.key`),
        },
      },
    ],
  });
}
