import { MANAGEMENT_PORT } from "../services.ts";

/** The `job` label of everything that the pods tell of themselves. */
export const JOB = "pods";

const SUFFIX = "-pods";

/** @returns the name in the cluster's DNS that leads to each pod of a service, ready or not. */
export function podsOf(service: string): string {
  return `${service}${SUFFIX}`;
}

/**
 * The configuration of Prometheus: every pod of the services, found by DNS, with the labels `service` and `instance`
 * (address and port), and itself.
 *
 * https://prometheus.io/docs/prometheus/2.42/configuration/configuration/#dns_sd_config
 */
export function prometheusConfig(services: readonly string[]) {
  return {
    global: { scrape_interval: "15s", scrape_timeout: "10s", evaluation_interval: "15s" },
    rule_files: ["alerts.yml"],
    scrape_configs: [
      {
        job_name: JOB,
        dns_sd_configs: [
          { names: services.map(podsOf), type: "A", port: MANAGEMENT_PORT, refresh_interval: "10s" },
        ],
        relabel_configs: [
          { source_labels: ["__meta_dns_name"], regex: `(.+)${SUFFIX}`, target_label: "service" },
        ],
      },
      {
        job_name: "prometheus",
        static_configs: [{ targets: ["localhost:9090"], labels: { service: "prometheus" } }],
      },
    ],
  };
}
