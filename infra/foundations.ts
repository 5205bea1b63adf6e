import type * as pulumi from "@pulumi/pulumi";
import type { Cluster } from "./clusters/cluster.ts";
import { type Config, imageOf } from "./config.ts";

/**
 * Makes what the cluster does not bring: the kinds of objects that the platform uses, and what acts on them.
 *
 * @returns what has to be there before anything of the platform
 */
export async function createFoundations(config: Config, cluster: Cluster): Promise<pulumi.Resource[]> {
  const recommends = config.verticalAutoscaler.kind === "recommender";
  const routes = config.ingressController.kind === "traefik" && config.ingress.kind === "gateway";
  if (!recommends && !routes) return [...cluster.foundations];
  const { createDefinitions } = await import("./definitions/index.ts");
  const { GATEWAY_API, VERTICAL_AUTOSCALER } = await import("./definitions/files.ts");
  const files = [...(routes ? GATEWAY_API : []), ...(recommends ? VERTICAL_AUTOSCALER : [])];
  const options = { provider: cluster.provider, dependsOn: cluster.foundations as pulumi.Resource[] };
  const definitions = await createDefinitions(files, config.definitionsFolder, options);
  if (recommends) {
    const { VerticalAutoscaler } = await import("./components/vertical-autoscaler.ts");
    const image = imageOf(config, "vpa-recommender");
    new VerticalAutoscaler(
      { image, apiServer: cluster.apiServer, after: definitions },
      { provider: cluster.provider },
    );
  }
  return [...cluster.foundations, ...definitions];
}
