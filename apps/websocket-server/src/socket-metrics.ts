import type { Metrics } from "@mobile-ai-agent/service-kit";
import { Counter, Gauge } from "prom-client";
import type { Backlog } from "./backlog.ts";

export interface SocketMetrics {
  /** Counts in what is kept for a socket, until the returned function is called. */
  watch(backlog: Backlog): () => void;
  countCut(): void;
}

/** `websocket_buffered_bytes` of all sockets, and `websocket_cut_count`. */
export function createSocketMetrics({ registry }: Metrics): SocketMetrics {
  const backlogs = new Set<Backlog>();
  new Gauge({
    name: "websocket_buffered_bytes",
    help: "What is kept for sockets whose devices have not read it yet",
    registers: [registry],
    collect() {
      this.set([...backlogs].reduce((sum, { bytes }) => sum + bytes, 0));
    },
  });
  const cut = new Counter({
    name: "websocket_cut_count",
    help: "Sockets that were cut because their devices did not read",
    registers: [registry],
  });
  return {
    watch(backlog) {
      backlogs.add(backlog);
      return () => backlogs.delete(backlog);
    },
    countCut: () => cut.inc(),
  };
}
