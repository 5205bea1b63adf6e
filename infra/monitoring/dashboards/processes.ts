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
      queries: { "{{service}} {{instance}}": `rate(process_cpu_seconds_total{${CHOSEN}}[5m])` },
    },
    {
      title: "Memory",
      unit: "bytes",
      queries: { "{{service}} {{instance}}": `process_resident_memory_bytes{${CHOSEN}}` },
    },
    {
      title: "Heap in use",
      unit: "bytes",
      queries: { "{{service}} {{instance}}": `nodejs_heap_size_used_bytes{${CHOSEN}}` },
    },
    {
      title: "Delay of the event loop (99 %)",
      unit: "s",
      queries: { "{{service}} {{instance}}": `nodejs_eventloop_lag_p99_seconds{${CHOSEN}}` },
    },
    {
      title: "Open files and sockets",
      unit: "short",
      queries: { "{{service}} {{instance}}": `process_open_fds{${CHOSEN}}` },
    },
    {
      title: "Starts within the hour",
      unit: "short",
      queries: { "{{service}} {{instance}}": `changes(process_start_time_seconds{${CHOSEN}}[1h])` },
    },
  ],
};
