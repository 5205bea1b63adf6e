import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createApp,
  createLogger,
  createMetrics,
  listen,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import { freePort, startDaemon } from "@mobile-ai-agent/test-support";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createLlmMetrics } from "../../apps/llm-server/src/llm-metrics.ts";
import { SERVICE_NAMES } from "../services.ts";
import { alertRules } from "./alerts.ts";
import { DASHBOARDS } from "./dashboards/index.ts";
import { prometheusConfig } from "./scrape.ts";

const stops = new AsyncDisposableStack();
let prometheus: string;

/** A service that is asked all the time, and a real Prometheus with our rules that watches it. */
beforeAll(async () => {
  const metrics = createMetrics();
  const model = createLlmMetrics(metrics.registry).of("embedded");
  const app = createApp({
    logger: createLogger("test", "none"),
    metrics,
    routes: (routes) => routes.get("/ok/:id", (_request, response) => void response.json({})),
  });
  const http = await listen(app, 0);
  stops.defer(() => http.close());
  const management = await startManagement(0, { ready: () => true, metrics });
  stops.defer(() => management.close());
  const traffic = setInterval(() => {
    void fetch(`http://127.0.0.1:${http.port}/ok/1`).then((response) => response.text());
    model.begin().end("success");
    model.use({ prompt: 3, completion: 2 });
  }, 100);
  stops.defer(() => clearInterval(traffic));

  const port = await freePort();
  const { scrape_configs, ...config } = prometheusConfig(SERVICE_NAMES);
  const target = { targets: [`127.0.0.1:${management.port}`], labels: { service: "llm-server" } };
  const daemon = await startDaemon((directory) => {
    const file = join(directory, "prometheus.yml");
    const often = { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1s" };
    const jobs = [{ job_name: scrape_configs[0]?.job_name, static_configs: [target] }];
    writeFileSync(file, JSON.stringify({ ...config, global: often, scrape_configs: jobs }));
    writeFileSync(
      join(directory, "alerts.yml"),
      JSON.stringify(alertRules(SERVICE_NAMES, { "llm-server": 2 })),
    );
    const args = [
      `--config.file=${file}`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const ifMissing = "install prometheus, or run the tests through `npm test`";
    return { command: "prometheus", args, port, ifMissing };
  });
  stops.defer(() => daemon.stop());
  prometheus = `http://127.0.0.1:${port}/api/v1`;
});
afterAll(() => stops.disposeAsync());

interface Sample {
  readonly value: readonly [number, string];
}

async function ask(expr: string): Promise<number[]> {
  const response = await fetch(`${prometheus}/query?${new URLSearchParams({ query: expr })}`);
  const { data } = (await response.json()) as { data?: { result: Sample[] } };
  return data?.result.map(({ value }) => Number(value[1])) ?? [];
}

describe.each(DASHBOARDS)("the dashboard $title", ({ panels }) => {
  const queries = panels.flatMap(({ title, queries }) =>
    Object.values(queries).map((expr) => [title, expr.replaceAll("$service", ".*")] as const),
  );

  test.each(queries)("has figures for %s", async (_, expr) => {
    await expect
      .poll(() => ask(expr), { timeout: 20_000, interval: 500 })
      .toSatisfy((values: number[]) => values.length > 0 && values.every(Number.isFinite));
  });
});

test("the rules are evaluated, and the services without a pod are about to be reported", async () => {
  const pending = () => ask('count(ALERTS{alertname="ServiceDown",alertstate="pending"})');
  await expect.poll(pending, { timeout: 20_000, interval: 500 }).toEqual([SERVICE_NAMES.length - 1]);
  const { data } = (await (await fetch(`${prometheus}/rules`)).json()) as {
    data: { groups: { rules: { health: string; lastError?: string }[] }[] };
  };
  const health = data.groups.flatMap(({ rules }) =>
    rules.map(({ health, lastError }) => lastError ?? health),
  );
  expect(new Set(health)).toEqual(new Set(["ok"]));
});
