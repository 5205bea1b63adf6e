import { all } from "../queries.ts";
import type { Dashboard } from "./dashboard.ts";

const CHOSEN = all('service=~"$service"');

/** What each pod's process uses. */
export const processes: Dashboard = {
  uid: "mobile-ai-agent-processes",
  title: "Processes",
  panels: [
    {
      title: "Processors in use",
      unit: "short",
      queries: { "{{pod}}": `rate(process_cpu_seconds_total{${CHOSEN}}[5m])` },
    },
    {
      title: "Memory",
      unit: "bytes",
      queries: { "{{pod}}": `process_resident_memory_bytes{${CHOSEN}}` },
    },
    {
      title: "Heap in use",
      unit: "bytes",
      queries: { "{{pod}}": `nodejs_heap_size_used_bytes{${CHOSEN}}` },
    },
    {
      title: "Delay of the event loop (99 %)",
      unit: "s",
      queries: { "{{pod}}": `nodejs_eventloop_lag_p99_seconds{${CHOSEN}}` },
    },
    {
      title: "Open files and sockets",
      unit: "short",
      queries: { "{{pod}}": `process_open_fds{${CHOSEN}}` },
    },
    {
      title: "Starts within the hour",
      unit: "short",
      queries: { "{{pod}}": `changes(process_start_time_seconds{${CHOSEN}}[1h])` },
    },
  ],
};
