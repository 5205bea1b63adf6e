import type { MediaKind } from "@mobile-ai-agent/contracts";
import { Counter, Histogram, type Registry } from "prom-client";

export interface MediaMetrics {
  /** @param seconds from the whole upload to its being kept or refused */
  observe(conversion: { kind: MediaKind; outcome: "kept" | "refused" | "failed"; seconds: number }): void;
}

/** `media_conversion_count{kind,outcome}` and `media_conversion_seconds{kind}`. */
export function createMediaMetrics(registry: Registry): MediaMetrics {
  const count = new Counter({
    name: "media_conversion_count",
    help: "Uploads that were converted, or could not be",
    labelNames: ["kind", "outcome"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "media_conversion_seconds",
    help: "Time from a whole upload to its being kept or refused, in seconds",
    labelNames: ["kind"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  return {
    observe({ kind, outcome, seconds }) {
      count.inc({ kind, outcome });
      duration.observe({ kind }, seconds);
    },
  };
}
