import type { MediaKind } from "@mobile-ai-agent/contracts";
import { Counter, Histogram, type Registry } from "prom-client";

/** `gone`: the client went away. */
export type UploadOutcome = "kept" | "refused" | "gone" | "failed";

export interface MediaMetrics {
  /**
   * @param upload `kind`: unknown of one that ended before it was looked at; `seconds`: from its begin, receiving and
   *   waiting included
   */
  observe(upload: { kind: MediaKind | "unknown"; outcome: UploadOutcome; seconds: number }): void;
}

/** `media_upload_count{kind,outcome}` and `media_upload_seconds{kind,outcome}`. */
export function createMediaMetrics(registry: Registry): MediaMetrics {
  const count = new Counter({
    name: "media_upload_count",
    help: "Uploads that were kept, refused, given up by the client, or failed on our side",
    labelNames: ["kind", "outcome"],
    registers: [registry],
  });
  const duration = new Histogram({
    name: "media_upload_seconds",
    help: "Time from the begin of an upload to its end, in seconds",
    labelNames: ["kind", "outcome"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
    registers: [registry],
  });
  return {
    observe({ kind, outcome, seconds }) {
      count.inc({ kind, outcome });
      duration.observe({ kind, outcome }, seconds);
    },
  };
}
