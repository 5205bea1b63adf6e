import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
import * as pulumi from "@pulumi/pulumi";
import type { Resources, Scaling } from "../config.ts";
import { HTTP_PORT, MANAGEMENT_PORT } from "../services.ts";
import {
  CONTAINER_SECURITY,
  envList,
  type Link,
  labelsOf,
  POD_SECURITY,
  SKIP_AWAIT,
  volumesFor,
} from "./pod.ts";
import { probe } from "./probes.ts";
import { scalingBehavior, utilisation } from "./scaling.ts";

export interface AppServiceArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly resources: Resources;
  readonly scaling: Scaling;
  readonly env: Readonly<Record<string, pulumi.Input<string>>>;
  readonly links: readonly Link[];
  /** Size of `/tmp`, as a Kubernetes quantity. */
  readonly scratch?: string;
  /** Whether the ingress controller keeps a browser with one pod, by a cookie. */
  readonly sticky: boolean;
}

/** Read by Traefik: https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/ingress/#on-service */
const STICKY = Object.fromEntries(
  Object.entries({
    "": "true",
    ".name": "pod",
    ".secure": "true",
    ".httponly": "true",
    ".samesite": "strict",
  }).map(([option, value]) => [`traefik.ingress.kubernetes.io/service.sticky.cookie${option}`, value]),
);

/** A stateless service: its pods, address, autoscaling and protection against voluntary disruption. */
export class AppService extends pulumi.ComponentResource {
  constructor(name: string, args: AppServiceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:AppService", name, {}, opts);
    const parent = { parent: this };
    const labels = labelsOf(name);
    const metadata = { name, namespace: args.namespace, labels };
    const selector = { "app.kubernetes.io/name": name };

    const account = new ServiceAccount(name, { metadata, automountServiceAccountToken: false }, parent);
    new Deployment(
      name,
      {
        metadata,
        // No `replicas`: the autoscaler owns the number, and an update must not reset it.
        spec: {
          selector: { matchLabels: selector },
          revisionHistoryLimit: 2,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
          template: { metadata: { labels }, spec: podSpec(name, account.metadata.name, args) },
        },
      },
      { ...parent, dependsOn: args.links.flatMap((link) => link.after ?? []) },
    );
    new Service(
      name,
      {
        metadata: { ...metadata, annotations: { ...SKIP_AWAIT, ...(args.sticky && STICKY) } },
        spec: { selector, ports: [{ name: "http", port: HTTP_PORT, targetPort: "http", protocol: "TCP" }] },
      },
      parent,
    );
    // By name, not by output: the autoscaler has to add pods while the Deployment is awaited, not afterwards.
    const target = { apiVersion: "apps/v1", kind: "Deployment", name };
    new HorizontalPodAutoscaler(
      name,
      {
        metadata,
        spec: {
          scaleTargetRef: target,
          minReplicas: args.scaling.min,
          maxReplicas: args.scaling.max,
          metrics: [
            utilisation("cpu", args.scaling.cpuPercent),
            utilisation("memory", args.scaling.memoryPercent),
          ],
          behavior: scalingBehavior,
        },
      },
      parent,
    );
    new CustomResource(
      name,
      {
        apiVersion: "autoscaling.k8s.io/v1",
        kind: "VerticalPodAutoscaler",
        metadata,
        spec: {
          targetRef: target,
          // Recommends only: it would fight the horizontal autoscaler, which scales on the same CPU and memory.
          updatePolicy: { updateMode: "Off" },
          resourcePolicy: {
            containerPolicies: [
              {
                containerName: "*",
                minAllowed: { cpu: "500m", memory: "512Mi" },
                maxAllowed: { cpu: "2", memory: "2Gi" },
              },
            ],
          },
        },
      },
      parent,
    );
    new PodDisruptionBudget(
      name,
      {
        metadata,
        spec: {
          maxUnavailable: 1,
          selector: { matchLabels: selector },
          unhealthyPodEvictionPolicy: "AlwaysAllow",
        },
      },
      parent,
    );
    this.registerOutputs();
  }
}

/** Longer than the service's own drain of 25 s after the pause of 5 s. */
const GRACE_SECONDS = 40;

function podSpec(name: string, serviceAccountName: pulumi.Input<string>, args: AppServiceArgs) {
  const env = Object.assign({}, ...args.links.map((link) => link.env), args.env) as AppServiceArgs["env"];
  const { volumes, volumeMounts } = volumesFor(
    args.links.flatMap((link) => link.mounts),
    {
      claims: args.links.flatMap((link) => link.claims ?? []),
      ...(args.scratch && { scratch: args.scratch }),
    },
  );
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: POD_SECURITY,
    topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
      (topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { "app.kubernetes.io/name": name } },
      }),
    ),
    containers: [
      {
        name,
        image: args.image,
        imagePullPolicy: "IfNotPresent",
        env: envList({ PORT: String(HTTP_PORT), METRICS_PORT: String(MANAGEMENT_PORT), ...env }),
        ports: [
          { name: "http", containerPort: HTTP_PORT, protocol: "TCP" },
          { name: "management", containerPort: MANAGEMENT_PORT, protocol: "TCP" },
        ],
        resources: args.resources,
        securityContext: CONTAINER_SECURITY,
        volumeMounts,
        ...probe,
        // The pod leaves the endpoints at the same time as it is told to stop; the pause lets proxies notice.
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
      },
    ],
    volumes,
  };
}
