import type * as pulumi from "@pulumi/pulumi";
import { type Cluster, siteOf } from "./clusters/cluster.ts";
import { AppGateway } from "./components/app-gateway.ts";
import { AppIngress } from "./components/app-ingress.ts";
import { ENTRANCES } from "./components/entrances.ts";
import { type Config, imageOf } from "./config.ts";
import { ROUTES } from "./services.ts";

export interface EntranceArgs {
  readonly config: Config;
  readonly cluster: Cluster;
  readonly namespace: pulumi.Input<string>;
  /** What has to be there before anything of the platform. */
  readonly foundations: readonly pulumi.Resource[];
  /** Name of the Secret with `tls.crt` and `tls.key` for the host. */
  readonly tlsSecret: pulumi.Input<string>;
}

/** The way in: the routes, for whichever API the controller speaks, and the controller if the cluster brings none. */
export async function createEntrance(args: EntranceArgs): Promise<void> {
  const { config, cluster, namespace, tlsSecret } = args;
  const { host, ingress, ingressController } = config;
  const { provider } = cluster;
  const own = ingressController.kind === "traefik";
  const options = {
    provider,
    dependsOn: own ? [await createController(args, ingressController.replicas)] : [],
  };
  const routes = { namespace, host, ingressClass: ingress.class, tlsSecret, routes: ROUTES };
  if (ingress.kind === "ingress") new AppIngress("ingress", routes, options);
  else new AppGateway("gateway", { ...routes, port: own ? ENTRANCES.websecure.port : 443 }, options);
}

/** Traefik, behind a load balancer whose address is in the DNS. */
async function createController(
  { config, cluster, namespace, foundations }: EntranceArgs,
  replicas: number,
): Promise<pulumi.Resource> {
  const { IngressController } = await import("./components/ingress-controller.ts");
  const { PublicAddress } = await import("./aws/load-balancer.ts");
  const { apiServer, provider } = cluster;
  const site = siteOf(cluster);
  const { host, ingress, certificate } = config;
  const image = imageOf(config, "traefik");
  const controller = new IngressController(
    { image, replicas, ingress, apiServer, served: namespace, after: foundations },
    { provider },
  );
  const name = certificate.kind === "acme" ? { host, zone: certificate.hostedZoneId } : undefined;
  new PublicAddress("address", { site, ports: ENTRANCES, name }, { provider: site.provider });
  return controller;
}
