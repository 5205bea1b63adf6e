import { MANAGEMENT_PORT } from "../services.ts";

/** On a pod's template: Prometheus reads `/metrics` on this port of the pod. */
export function scrapedOn(port: number): Record<string, string> {
  return { "prometheus.io/scrape": "true", "prometheus.io/port": String(port) };
}

export const SCRAPE_ANNOTATIONS = scrapedOn(MANAGEMENT_PORT);

/** The `job` label of everything that the pods tell of themselves. */
export const JOB = "pods";

const META = "__meta_kubernetes_pod";

/**
 * The configuration of Prometheus: the running pods of its own namespace that ask for it by annotation, each with the
 * labels `service`, `pod` and `namespace`.
 *
 * https://prometheus.io/docs/prometheus/2.42/configuration/configuration/#kubernetes_sd_config
 */
export const PROMETHEUS_CONFIG = {
  global: { scrape_interval: "15s", scrape_timeout: "10s", evaluation_interval: "15s" },
  rule_files: ["alerts.yml"],
  scrape_configs: [
    {
      job_name: JOB,
      kubernetes_sd_configs: [{ role: "pod", namespaces: { own_namespace: true } }],
      relabel_configs: [
        { source_labels: [`${META}_annotation_prometheus_io_scrape`], action: "keep", regex: "true" },
        // A pod that has ended answers nobody.
        { source_labels: [`${META}_phase`], action: "keep", regex: "Running" },
        // Each port of a pod is a target of its own.
        {
          source_labels: [`${META}_annotation_prometheus_io_port`],
          action: "keepequal",
          target_label: `${META}_container_port_number`,
        },
        { source_labels: [`${META}_label_app_kubernetes_io_name`], target_label: "service" },
        { source_labels: [`${META}_name`], target_label: "pod" },
        { source_labels: ["__meta_kubernetes_namespace"], target_label: "namespace" },
      ],
    },
  ],
};
