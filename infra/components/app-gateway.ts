import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import * as pulumi from "@pulumi/pulumi";
import { HTTP_PORT } from "../services.ts";
import type { AppIngressArgs } from "./app-ingress.ts";

const API_VERSION = "gateway.networking.k8s.io/v1";
const LISTENER = "https";

export interface AppGatewayArgs extends AppIngressArgs {
  /** Port of the listener, which the controller may take from its pods. */
  readonly port: number;
}

/** The way in for the Gateway API: the same host, TLS and routes as {@link AppIngress}, from the same input. */
export class AppGateway extends pulumi.ComponentResource {
  constructor(name: string, args: AppGatewayArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:AppGateway", name, {}, opts);
    const parent = { parent: this };
    const metadata = { name, namespace: args.namespace };
    new CustomResource(
      `${name}-listener`,
      {
        apiVersion: API_VERSION,
        kind: "Gateway",
        metadata,
        spec: {
          gatewayClassName: args.ingressClass,
          listeners: [
            {
              name: LISTENER,
              hostname: args.host,
              port: args.port,
              protocol: "HTTPS",
              tls: {
                mode: "Terminate",
                certificateRefs: [{ group: "", kind: "Secret", name: args.tlsSecret }],
              },
              allowedRoutes: { namespaces: { from: "Same" } },
            },
          ],
        },
      },
      parent,
    );
    new CustomResource(
      `${name}-routes`,
      {
        apiVersion: API_VERSION,
        kind: "HTTPRoute",
        metadata,
        spec: {
          parentRefs: [{ name, sectionName: LISTENER }],
          hostnames: [args.host],
          rules: Object.entries(args.routes).map(([value, service]) => ({
            matches: [{ path: { type: "PathPrefix", value } }],
            backendRefs: [{ name: service, port: HTTP_PORT }],
          })),
        },
      },
      parent,
    );
    this.registerOutputs();
  }
}
