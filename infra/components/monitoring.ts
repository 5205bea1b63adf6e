import { createHash } from "node:crypto";
import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import { Service } from "@pulumi/kubernetes/core/v1/service.js";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
import type { core } from "@pulumi/kubernetes/types/input.js";
import * as pulumi from "@pulumi/pulumi";
import { alertRules } from "../monitoring/alerts.ts";
import { toGrafana } from "../monitoring/dashboards/dashboard.ts";
import { DASHBOARDS } from "../monitoring/dashboards/index.ts";
import { podsOf, prometheusConfig } from "../monitoring/scrape.ts";
import { MANAGEMENT_PORT } from "../services.ts";
import { CONTAINER_SECURITY, labelsOf, POD_SECURITY, SKIP_AWAIT, volumesFor } from "./pod.ts";

const NAME = "prometheus";
const PORT = 9090;

export interface MonitoringArgs {
  readonly namespace: pulumi.Input<string>;
  readonly image: string;
  readonly storageClass?: pulumi.Input<string>;
  /** The services to watch: at least one pod of each has to answer. */
  readonly services: readonly string[];
  /** The most pods of a service, by its name, where it can grow at all. */
  readonly maxPods: Readonly<Record<string, number>>;
}

/**
 * Prometheus in the cluster: it reads the metrics of the services' pods, keeps them for two days on a volume of
 * its own and checks the alerts. The dashboards lie in a ConfigMap for a Grafana, which is not part of it.
 */
export class Monitoring extends pulumi.ComponentResource {
  constructor(args: MonitoringArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("mobile-ai-agent:components:Monitoring", NAME, {}, opts);
    const parent = { parent: this };
    const { namespace } = args;
    const metadata = { name: NAME, namespace, labels: labelsOf(NAME) };
    const files = {
      "prometheus.yml": toJson(prometheusConfig(args.services)),
      "alerts.yml": toJson(alertRules(args.services, args.maxPods)),
    };
    const config = new ConfigMap(NAME, { metadata, data: files }, parent);
    new ConfigMap(
      "grafana-dashboards",
      {
        metadata: {
          ...{ name: "grafana-dashboards", namespace },
          // Grafana's chart takes the ConfigMaps with this label in.
          labels: { ...labelsOf("grafana-dashboards"), grafana_dashboard: "1" },
        },
        data: Object.fromEntries(
          DASHBOARDS.map((dashboard) => [`${dashboard.uid}.json`, toJson(toGrafana(dashboard))]),
        ),
      },
      parent,
    );
    for (const service of args.services) publishPods(service, namespace, parent);
    const account = new ServiceAccount(NAME, { metadata, automountServiceAccountToken: false }, parent);
    const selector = { "app.kubernetes.io/name": NAME };
    new Service(
      NAME,
      {
        metadata: { ...metadata, annotations: SKIP_AWAIT },
        spec: { selector, ports: [{ name: "http", port: PORT, targetPort: "http", protocol: "TCP" }] },
      },
      parent,
    );
    const checksum = createHash("sha256").update(JSON.stringify(files)).digest("hex");
    new StatefulSet(
      NAME,
      {
        metadata,
        spec: {
          serviceName: NAME,
          replicas: 1,
          // In order, a pod that never became ready would hold back the very update that mends it.
          podManagementPolicy: "Parallel",
          selector: { matchLabels: selector },
          template: {
            metadata: {
              labels: labelsOf(NAME),
              // It reads its configuration once: a changed checksum replaces the pod.
              annotations: { "mobile-ai-agent/config-checksum": checksum },
            },
            spec: podSpec(args.image, account.metadata.name, config.metadata.name),
          },
          volumeClaimTemplates: [
            {
              metadata: { name: "data" },
              spec: {
                accessModes: ["ReadWriteOnce"],
                resources: { requests: { storage: "1Gi" } },
                ...(args.storageClass && { storageClassName: args.storageClass }),
              },
            },
          ],
        },
      },
      parent,
    );
    this.registerOutputs();
  }
}

/** A name in the DNS for the pods of a service, so that they can be asked one by one. */
function publishPods(
  service: string,
  namespace: pulumi.Input<string>,
  parent: pulumi.CustomResourceOptions,
): void {
  const name = podsOf(service);
  const port = { name: "management", port: MANAGEMENT_PORT, targetPort: "management", protocol: "TCP" };
  new Service(
    name,
    {
      metadata: { name, namespace, labels: labelsOf(service), annotations: SKIP_AWAIT },
      spec: {
        clusterIP: "None",
        // One that is not ready is what the metrics are wanted for.
        publishNotReadyAddresses: true,
        selector: { "app.kubernetes.io/name": service },
        ports: [port],
      },
    },
    parent,
  );
}

function podSpec(
  image: string,
  serviceAccountName: pulumi.Input<string>,
  config: pulumi.Input<string>,
): core.v1.PodSpec {
  const { volumes, volumeMounts } = volumesFor([]);
  const probe = (path: string) => ({ httpGet: { path, port: "http" }, timeoutSeconds: 5 });
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 60,
    securityContext: POD_SECURITY,
    containers: [
      {
        name: NAME,
        image,
        imagePullPolicy: "IfNotPresent",
        args: [
          "--config.file=/etc/prometheus/prometheus.yml",
          "--storage.tsdb.path=/data",
          "--storage.tsdb.retention.time=2d",
          "--storage.tsdb.retention.size=800MB",
        ],
        // Four fifths of the limit: the collector works harder instead of being killed.
        env: [{ name: "GOMEMLIMIT", value: "410MiB" }],
        ports: [{ name: "http", containerPort: PORT, protocol: "TCP" }],
        resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "1", memory: "512Mi" } },
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          ...volumeMounts,
          { name: "config", mountPath: "/etc/prometheus", readOnly: true },
          { name: "data", mountPath: "/data" },
        ],
        startupProbe: { ...probe("/-/ready"), periodSeconds: 2, failureThreshold: 150 },
        readinessProbe: { ...probe("/-/ready"), periodSeconds: 5, failureThreshold: 2 },
        livenessProbe: { ...probe("/-/healthy"), periodSeconds: 10, failureThreshold: 6 },
      },
    ],
    volumes: [...volumes, { name: "config", configMap: { name: config } }],
  };
}

/** JSON is YAML. */
function toJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
