import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  /** Counts one HTTP request that has ended. `route` is a template, never a path; `seconds` its duration. */
  observeRequest(request: { method: string; route: string; status: number; seconds: number }): void;
}

const METHODS = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/**
 * A registry with the process's default metrics, `app_request_count{method,route,status}` and
 * `app_request_latency_seconds{method,route}`.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const count = new Counter({
    name: "app_request_count",
    help: "HTTP requests that have ended; status 499: the caller went away",
    labelNames: ["method", "route", "status"],
    registers: [registry],
  });
  const latency = new Histogram({
    name: "app_request_latency_seconds",
    help: "Time from a request to the end of its response, in seconds",
    labelNames: ["method", "route"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    registers: [registry],
  });
  return {
    registry,
    observeRequest({ method: given, route, status, seconds }) {
      // Node takes thirty-odd methods: labels must not grow with what callers send.
      const method = METHODS.has(given) ? given : "other";
      count.inc({ method, route, status });
      latency.observe({ method, route }, seconds);
    },
  };
}
