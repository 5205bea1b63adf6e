import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { IngressClass } from "@pulumi/kubernetes/networking/v1/ingressClass.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import * as pulumi from "@pulumi/pulumi";
import type { IngressSettings } from "../environment.ts";
import { HTTP_PORT, ROUTES } from "../services.ts";
import { apiToken, grant, type Rule, toApiServer } from "./api-access.ts";
import { createClosedNamespace } from "./closed-namespace.ts";
import { ENTRANCES } from "./entrances.ts";
import { CONTAINER_SECURITY, labelsOf, POD_SECURITY, SKIP_AWAIT, volumesFor } from "./pod.ts";

const NAME = "traefik";

/** TLS 1.3 or nothing, for every route. */
const TLS_OPTIONS = { tls: { options: { default: { minVersion: "VersionTLS13", sniStrict: true } } } };
const IDLE_SECONDS = 3600;
const READ = ["get", "list", "watch"];

export interface IngressControllerArgs {
  readonly image: string;
  readonly replicas: number;
  /** What it serves, and where it is itself. */
  readonly ingress: IngressSettings;
  /** The only namespace whose routes and Secrets it may read. */
  readonly served: pulumi.Input<string>;
  /** Address ranges of the Kubernetes API. */
  readonly apiServer: readonly string[];
  /** The definitions of what it serves. */
  readonly after: readonly pulumi.Resource[];
}

/**
 * Traefik, on ports of the nodes that a load balancer leads to: TLS 1.3 only, HTTP sent to HTTPS, an hour for idle sockets.
 * Settings: https://doc.traefik.io/traefik/v3.6/reference/install-configuration/entrypoints/
 */
export class IngressController extends pulumi.ComponentResource {
  constructor(args: IngressControllerArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:IngressController", NAME, {}, opts);
    const parent = { parent: this };
    const { ingress } = args;
    const namespace = createClosedNamespace(ingress.namespace, flowsOf(args), parent);
    const labels = labelsOf(NAME);
    const metadata = { name: NAME, namespace, labels };
    const selector = { "app.kubernetes.io/name": NAME };

    const account = new ServiceAccount(NAME, { metadata, automountServiceAccountToken: false }, parent);
    permit({ name: NAME, namespace }, args, parent);
    const served = { ...parent, dependsOn: [...args.after] };
    createClass(ingress, served);
    const config = new ConfigMap(
      NAME,
      { metadata, data: { "tls.yaml": JSON.stringify(TLS_OPTIONS) } },
      parent,
    );
    new Deployment(
      NAME,
      {
        metadata,
        spec: {
          replicas: args.replicas,
          selector: { matchLabels: selector },
          revisionHistoryLimit: 2,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: {
            metadata: { labels },
            spec: podSpec(args, account.metadata.name, config.metadata.name),
          },
        },
      },
      served,
    );
    new Service(
      NAME,
      {
        metadata: { ...metadata, annotations: SKIP_AWAIT },
        spec: {
          type: "NodePort",
          // Only nodes with a pod answer, so that the client's address is not replaced by a node's.
          externalTrafficPolicy: "Local",
          selector,
          ports: Object.entries(ENTRANCES).map(([name, { port, nodePort }]) => ({
            ...{ name, port, nodePort, targetPort: name, protocol: "TCP" },
          })),
        },
      },
      parent,
    );
    new PodDisruptionBudget(
      NAME,
      { metadata, spec: { maxUnavailable: 1, selector: { matchLabels: selector } } },
      parent,
    );
    this.registerOutputs();
  }
}

/** From anywhere to its ports; to the routed services, the Kubernetes API and nothing else. */
function flowsOf({ served, apiServer }: IngressControllerArgs) {
  const services = [...new Set(Object.values(ROUTES))];
  return {
    ingress: [{ ports: Object.values(ENTRANCES).map(({ port }) => ({ port, protocol: "TCP" })) }],
    egress: [
      {
        to: services.map((service) => ({
          namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": served } },
          podSelector: { matchLabels: { "app.kubernetes.io/name": service } },
        })),
        ports: [{ port: HTTP_PORT, protocol: "TCP" }],
      },
      toApiServer(apiServer),
    ],
  };
}

/** What it reads of the whole cluster, and of the namespace that it serves. */
const RULES: Readonly<Record<IngressSettings["kind"], { cluster: Rule[]; served: Rule[] }>> = {
  gateway: {
    cluster: [
      { apiGroups: [""], resources: ["namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["gateway.networking.k8s.io"], resources: ["gatewayclasses"], verbs: READ },
      { apiGroups: ["gateway.networking.k8s.io"], resources: ["gatewayclasses/status"], verbs: ["update"] },
    ],
    served: [
      { apiGroups: [""], resources: ["services", "secrets", "configmaps"], verbs: READ },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
      {
        apiGroups: ["gateway.networking.k8s.io"],
        resources: ["gateways", "httproutes", "grpcroutes", "referencegrants", "backendtlspolicies"],
        verbs: READ,
      },
      {
        apiGroups: ["gateway.networking.k8s.io"],
        resources: ["gateways", "httproutes", "grpcroutes", "backendtlspolicies"].map(
          (kind) => `${kind}/status`,
        ),
        verbs: ["update"],
      },
    ],
  },
  ingress: {
    cluster: [
      { apiGroups: [""], resources: ["nodes"], verbs: READ },
      { apiGroups: ["networking.k8s.io"], resources: ["ingressclasses"], verbs: READ },
    ],
    served: [
      { apiGroups: [""], resources: ["services", "secrets"], verbs: READ },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
      { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: READ },
      { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
    ],
  },
};

function permit(
  account: { name: string; namespace: pulumi.Input<string> },
  { ingress, served }: IngressControllerArgs,
  parent: pulumi.CustomResourceOptions,
): void {
  const rules = RULES[ingress.kind];
  grant("ingress-controller", { account, rules: rules.cluster }, parent);
  grant("ingress-controller-served", { account, rules: rules.served, namespace: served }, parent);
}

function createClass(ingress: IngressSettings, parent: pulumi.CustomResourceOptions): void {
  const metadata = { name: ingress.class };
  if (ingress.kind === "ingress") {
    new IngressClass(
      ingress.class,
      { metadata, spec: { controller: "traefik.io/ingress-controller" } },
      parent,
    );
    return;
  }
  new CustomResource(
    ingress.class,
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "GatewayClass",
      metadata,
      spec: { controllerName: "traefik.io/gateway-controller" },
    },
    parent,
  );
}

function argumentsOf({ kind, class: name }: IngressSettings, served: pulumi.Input<string>) {
  const provider = kind === "gateway" ? "kubernetesgateway" : "kubernetesingress";
  const entrance = (key: keyof typeof ENTRANCES) => `--entrypoints.${key}`;
  return [
    "--global.checknewversion=false",
    "--global.sendanonymoususage=false",
    "--log.format=json",
    "--ping=true",
    `${entrance("web")}.address=:${ENTRANCES.web.port}`,
    // The port that clients see, not the one of the pod.
    `${entrance("web")}.http.redirections.entrypoint.to=:443`,
    `${entrance("web")}.http.redirections.entrypoint.scheme=https`,
    `${entrance("web")}.http.redirections.entrypoint.permanent=true`,
    `${entrance("websecure")}.address=:${ENTRANCES.websecure.port}`,
    `${entrance("websecure")}.http.tls=true`,
    // Sockets may be silent for an hour.
    `${entrance("websecure")}.transport.respondingtimeouts.idletimeout=${IDLE_SECONDS}s`,
    `${entrance("websecure")}.transport.respondingtimeouts.readtimeout=0`,
    `${entrance("websecure")}.transport.lifecycle.requestacceptgracetimeout=10s`,
    `${entrance("websecure")}.transport.lifecycle.gracetimeout=30s`,
    `--providers.${provider}=true`,
    pulumi.interpolate`--providers.${provider}.namespaces=${served}`,
    ...(kind === "ingress" ? [`--providers.kubernetesingress.ingressclass=${name}`] : []),
    "--providers.file.directory=/etc/traefik",
  ];
}

function podSpec(
  { image, ingress, served }: IngressControllerArgs,
  serviceAccountName: pulumi.Input<string>,
  config: pulumi.Input<string>,
) {
  const { volumes, volumeMounts } = volumesFor([]);
  const ping = { httpGet: { path: "/ping", port: "management" } };
  const spread = (topologyKey: string) => ({
    ...{ maxSkew: 1, topologyKey, whenUnsatisfiable: "ScheduleAnyway" },
    labelSelector: { matchLabels: { "app.kubernetes.io/name": NAME } },
  });
  return {
    serviceAccountName,
    // Its token is the one volume below, not what every container of the pod would get.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 60,
    securityContext: POD_SECURITY,
    topologySpreadConstraints: [spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname")],
    containers: [
      {
        name: NAME,
        image,
        imagePullPolicy: "IfNotPresent",
        args: argumentsOf(ingress, served),
        ports: [
          ...Object.entries(ENTRANCES).map(([name, { port }]) => ({
            name,
            containerPort: port,
            protocol: "TCP",
          })),
          // The management entry point's default.
          { name: "management", containerPort: 8080, protocol: "TCP" },
        ],
        resources: { requests: { cpu: "250m", memory: "256Mi" }, limits: { cpu: "2", memory: "1Gi" } },
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          ...volumeMounts,
          apiToken.mount,
          { name: "config", mountPath: "/etc/traefik", readOnly: true },
        ],
        startupProbe: { ...ping, periodSeconds: 2, failureThreshold: 60 },
        // It answers no pings while it drains.
        readinessProbe: { ...ping, periodSeconds: 2, failureThreshold: 2 },
        livenessProbe: { tcpSocket: { port: "management" }, periodSeconds: 10, failureThreshold: 3 },
      },
    ],
    volumes: [...volumes, apiToken.volume, { name: "config", configMap: { name: config } }],
  };
}
