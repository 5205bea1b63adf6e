import { Ingress } from "@pulumi/kubernetes/networking/v1/ingress.js";
import * as pulumi from "@pulumi/pulumi";
import { HTTP_PORT, type ServiceName } from "../services.ts";
import { SKIP_AWAIT } from "./pod.ts";

export interface AppIngressArgs {
  readonly namespace: pulumi.Input<string>;
  readonly host: string;
  readonly ingressClass: string;
  /** Name of the Secret with `tls.crt` and `tls.key` for the host. */
  readonly tlsSecret: pulumi.Input<string>;
  /** Path prefix → service. */
  readonly routes: Readonly<Record<string, ServiceName>>;
}

/** The way in: one host, TLS, a service by path prefix. */
export class AppIngress extends pulumi.ComponentResource {
  constructor(name: string, args: AppIngressArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:AppIngress", name, {}, opts);
    const paths = Object.entries(args.routes).map(([path, service]) => ({
      path,
      pathType: "Prefix",
      backend: { service: { name: service, port: { number: HTTP_PORT } } },
    }));
    new Ingress(
      name,
      {
        metadata: {
          name,
          namespace: args.namespace,
          annotations: SKIP_AWAIT,
        },
        spec: {
          ingressClassName: args.ingressClass,
          tls: [{ hosts: [args.host], secretName: args.tlsSecret }],
          rules: [{ host: args.host, http: { paths } }],
        },
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}
