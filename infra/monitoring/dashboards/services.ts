import { all, errorRatio, quantile, requestRate } from "../queries.ts";
import type { Dashboard } from "./dashboard.ts";

const CHOSEN = 'service=~"$service"';
const histogram = "app_request_latency_seconds";

/** Rate, errors and duration of the requests, by service and route. */
export const services: Dashboard = {
  uid: "mobile-ai-agent-services",
  title: "Services",
  panels: [
    { title: "Requests", unit: "reqps", queries: { "{{service}}": requestRate("service", "5m", CHOSEN) } },
    {
      title: "Share of failed requests (5xx)",
      unit: "percentunit",
      queries: { "{{service}}": errorRatio("service", "5m", CHOSEN) },
    },
    {
      title: "Latency within which 95 % lie",
      unit: "s",
      queries: {
        "{{service}}": quantile(0.95, { histogram, by: "service", window: "5m", matchers: CHOSEN }),
      },
    },
    {
      title: "Latency within which 95 % lie, by route",
      unit: "s",
      queries: {
        "{{service}} {{method}} {{route}}": quantile(0.95, {
          ...{ histogram, by: "service, method, route", window: "5m", matchers: CHOSEN },
        }),
      },
    },
    {
      title: "Requests by status",
      unit: "reqps",
      queries: { "{{status}}": requestRate("status", "5m", CHOSEN) },
    },
    {
      title: "Pods that answer",
      unit: "short",
      queries: { "{{service}}": `sum by (service) (up{${all(CHOSEN)}})` },
    },
  ],
};
