import type { RateLimitVerdict } from "@mobile-ai-agent/service-kit";
import { Counter, Gauge, type Registry } from "prom-client";

export interface GatewayMetrics {
  countLimited(limitClass: string, verdict: Pick<RateLimitVerdict, "admitted" | "store">): void;
  setResting(service: string, isResting: boolean): void;
}

/** Adds `app_rate_limit_count{class,outcome,store}` and `app_upstream_resting{service}` to a registry. */
export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const count = new Counter({
    name: "app_rate_limit_count",
    help: "Requests admitted or refused by a rate limit, and where they were counted; local: Redis was away",
    labelNames: ["class", "outcome", "store"],
    registers: [registry],
  });
  const resting = new Gauge({
    name: "app_upstream_resting",
    help: "1 while a service that failed again and again is not asked",
    labelNames: ["service"],
    registers: [registry],
  });
  return {
    countLimited: (limitClass, { admitted, store }) =>
      count.inc({ class: limitClass, outcome: admitted ? "admitted" : "refused", store }),
    setResting: (service, isResting) => resting.set({ service }, isResting ? 1 : 0),
  };
}
