/** Units as Grafana names them: https://github.com/grafana/grafana/blob/main/packages/grafana-data/src/valueFormats/categories.ts */
type Unit = "reqps" | "percentunit" | "s" | "bytes" | "short" | "cps";

export interface Panel {
  readonly title: string;
  readonly unit: Unit;
  /** Legend → PromQL, which may contain `$service`. */
  readonly queries: Readonly<Record<string, string>>;
}

export interface Dashboard {
  /** Stays the same for ever: links lead to it. */
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const WIDTH = 12;
const HEIGHT = 8;

/** @returns the dashboard as Grafana imports it, two panels a row, with a choice of the data source and services. */
export function toGrafana({ uid, title, panels }: Dashboard): object {
  const datasource = { type: "prometheus", uid: "$datasource" };
  return {
    uid,
    title,
    tags: ["mobile-ai-agent"],
    schemaVersion: 39,
    editable: false,
    refresh: "30s",
    time: { from: "now-1h", to: "now" },
    templating: {
      list: [
        { name: "datasource", type: "datasource", query: "prometheus" },
        {
          ...{ name: "service", type: "query", datasource, query: "label_values(up, service)", refresh: 2 },
          ...{ multi: true, includeAll: true, allValue: ".*", current: { text: "All", value: "$__all" } },
        },
      ],
    },
    panels: panels.map(({ title, unit, queries }, index) => ({
      id: index + 1,
      type: "timeseries",
      title,
      datasource,
      gridPos: { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT, w: WIDTH, h: HEIGHT },
      fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
      targets: Object.entries(queries).map(([legendFormat, expr], target) => ({
        ...{ refId: String.fromCharCode("A".charCodeAt(0) + target), datasource, legendFormat, expr },
      })),
    })),
  };
}
