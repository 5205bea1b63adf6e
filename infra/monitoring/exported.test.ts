import { createAuditMetrics } from "@mobile-ai-agent/audit-log";
import { createMetrics } from "@mobile-ai-agent/service-kit";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, test } from "vitest";
import { createLlmMetrics } from "../../apps/llm-server/src/llm-metrics.ts";
import { SERVICE_NAMES } from "../services.ts";
import { alertRules } from "./alerts.ts";
import { toGrafana } from "./dashboards/dashboard.ts";
import { DASHBOARDS } from "./dashboards/index.ts";

/** Series that a histogram has, and those that Prometheus makes of each scrape. */
const HISTOGRAM_SERIES = ["_bucket", "_sum", "_count"];
const OF_SCRAPES = ["up"];

interface Metric {
  readonly name: string;
  readonly type: string;
}

/** What the services really register. */
function exportedNames(): Set<string> {
  const { registry } = createMetrics();
  createAuditMetrics(registry, () => 0);
  createLlmMetrics(registry).of("embedded");
  const metrics = registry.getMetricsAsArray() as unknown as Metric[];
  const series = metrics.flatMap(({ name, type }) =>
    type === "histogram" ? HISTOGRAM_SERIES.map((suffix) => name + suffix) : [name],
  );
  return new Set([...series, ...OF_SCRAPES]);
}

/** @throws when it is no PromQL */
function metricsIn(query: string): string[] {
  const names: string[] = [];
  parser
    .configure({ strict: true })
    .parse(query)
    .iterate({
      enter: ({ name, from, to, node }) => {
        if (name === "Identifier" && node.parent?.name === "VectorSelector")
          names.push(query.slice(from, to));
      },
    });
  return names;
}

const ofDashboards = DASHBOARDS.flatMap(({ title, panels }) =>
  panels.flatMap((panel) =>
    Object.values(panel.queries).map((query) => [`${title}: ${panel.title}`, query] as const),
  ),
);
const ofAlerts = alertRules(SERVICE_NAMES, { "api-gateway": 3 }).groups.flatMap(({ rules }) =>
  rules.map(({ alert, expr }) => [alert, expr] as const),
);

describe("only metrics that the services export are used", () => {
  const exported = exportedNames();

  test.each([...ofDashboards, ...ofAlerts])("by %s", (_, query) => {
    const used = metricsIn(query);
    expect(used.length).toBeGreaterThan(0);
    for (const name of used) expect(exported, query).toContain(name);
  });

  test("which the check itself can tell", () => {
    expect(metricsIn('sum by (job) (rate(planted_total{service="up"}[5m])) / up')).toEqual([
      "planted_total",
      "up",
    ]);
    expect(() => metricsIn("sum by (job (up)")).toThrow();
    expect(exported).not.toContain("http_request_duration_seconds_bucket");
  });
});

describe("a dashboard", () => {
  test("has an address of its own, and panels that don't cover one another", () => {
    expect(new Set(DASHBOARDS.map(({ uid }) => uid)).size).toBe(DASHBOARDS.length);
    for (const dashboard of DASHBOARDS) {
      const { panels } = toGrafana(dashboard) as { panels: { id: number; gridPos: object }[] };
      expect(new Set(panels.map(({ gridPos }) => JSON.stringify(gridPos))).size).toBe(panels.length);
    }
  });
});
