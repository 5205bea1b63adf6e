import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type AlertRules, alertRules } from "./alerts.ts";
import { prometheusConfig } from "./scrape.ts";

const SERVICE = "api-gateway";
const MINUTE = "1m";
const OF_POD = `job="pods",service="${SERVICE}",instance="one"`;
const MODEL = 'job="pods",service="llm-server",provider="embedded"';

interface Scenario {
  readonly name: string;
  /** Series → values a minute apart, in promtool's notation. */
  readonly series: Readonly<Record<string, string>>;
  readonly at: string;
  /** Alerts that fire then; every other one is quiet. */
  readonly fire: readonly string[];
}

const healthy = {
  [`up{${OF_POD}}`]: "1x600",
  [`up{job="pods",service="${SERVICE}",instance="two"}`]: "1x600",
  [`process_start_time_seconds{${OF_POD}}`]: "1000x600",
  [`app_request_count{${OF_POD},method="GET",route="/a",status="200"}`]: "0+60x600",
  [`app_request_count{${OF_POD},method="GET",route="/a",status="404"}`]: "0+60x600",
  [`app_request_latency_seconds_bucket{${OF_POD},le="0.5"}`]: "0+120x600",
  [`app_request_latency_seconds_bucket{${OF_POD},le="5"}`]: "0+120x600",
  [`app_request_latency_seconds_bucket{${OF_POD},le="+Inf"}`]: "0+120x600",
  [`llm_request_count{${MODEL},status="success"}`]: "0+10x600",
  [`llm_request_count{${MODEL},status="cancelled"}`]: "0+10x600",
  [`llm_request_latency_seconds_bucket{${MODEL},le="10"}`]: "0+10x600",
  [`llm_request_latency_seconds_bucket{${MODEL},le="120"}`]: "0+10x600",
  [`llm_request_latency_seconds_bucket{${MODEL},le="+Inf"}`]: "0+10x600",
};
const errors = `app_request_count{${OF_POD},method="GET",route="/a",status="500"}`;
const none = Object.fromEntries(Object.keys(healthy).map((name) => [name, "_x600"]));

const scenarios: readonly Scenario[] = [
  { name: "all is well", series: healthy, at: "9h", fire: [] },
  {
    name: "every pod is silent",
    series: {
      ...healthy,
      [`up{${OF_POD}}`]: "0x9",
      [`up{job="pods",service="${SERVICE}",instance="two"}`]: "0x9",
    },
    at: "6m",
    fire: ["ServiceDown", "PodDown", "PodDown"],
  },
  { name: "there is no pod", series: none, at: "5m", fire: ["ServiceDown"] },
  {
    name: "one of two pods is silent",
    series: { ...healthy, [`up{${OF_POD}}`]: "1x10 0x20" },
    at: "20m",
    fire: ["PodDown"],
  },
  {
    name: "checkpoints of the audit log are gone, and events were lost",
    series: {
      ...healthy,
      [`audit_faults{${OF_POD}}`]: "0x10 1x20",
      [`audit_lost_entries{${OF_POD}}`]: "0x10 500x20",
    },
    at: "20m",
    fire: ["AuditLogTakenBack", "AuditEntriesLost"],
  },
  {
    name: "a container starts again and again",
    series: { ...healthy, [`process_start_time_seconds{${OF_POD}}`]: "1000x10 2000x5 3000x5 4000x20" },
    at: "30m",
    fire: ["PodRestarts"],
  },
  {
    name: "a container has started anew twice",
    series: { ...healthy, [`process_start_time_seconds{${OF_POD}}`]: "1000x10 2000x5 3000x30" },
    at: "30m",
    fire: [],
  },
  {
    name: "the autoscaler gave all that it may",
    series: { ...healthy, [`up{job="pods",service="${SERVICE}",instance="three"}`]: "1x60" },
    at: "20m",
    fire: ["AutoscalerAtMaximum"],
  },
  {
    name: "a tenth of the requests fails, since a quarter of an hour after a quiet day",
    series: { ...healthy, [errors]: "0x585 0+50x15" },
    at: "10h",
    fire: ["ErrorBudgetBurnsFast"],
  },
  {
    name: "one in twenty requests fails, for hours",
    series: { ...healthy, [errors]: "0+6x600" },
    at: "9h",
    fire: ["ErrorBudgetBurnsSlow"],
  },
  {
    name: "the errors have ended",
    series: { ...healthy, [errors]: "0x500 0+120x15 1800x90" },
    at: "9h50m",
    fire: [],
  },
  {
    name: "one of few requests fails",
    series: {
      ...none,
      [`up{${OF_POD}}`]: "1x600",
      [`app_request_count{${OF_POD},status="200"}`]: "0x590 0+1x10",
      [errors]: "0x595 1x5",
    },
    at: "10h",
    fire: [],
  },
  {
    name: "a tenth of the requests takes seconds",
    series: { ...healthy, [`app_request_latency_seconds_bucket{${OF_POD},le="0.5"}`]: "0+108x600" },
    at: "30m",
    fire: ["RequestsSlow"],
  },
  {
    name: "a fifth of the questions to the model fails",
    series: { ...healthy, [`llm_request_count{${MODEL},status="failure"}`]: "0+5x600" },
    at: "30m",
    fire: ["LanguageModelFails"],
  },
  {
    name: "the model refuses",
    series: { ...healthy, [`llm_request_count{${MODEL},status="refused"}`]: "0+5x600" },
    at: "30m",
    fire: ["LanguageModelFails"],
  },
  {
    name: "answers take minutes",
    series: { ...healthy, [`llm_request_latency_seconds_bucket{${MODEL},le="10"}`]: "0+8x600" },
    at: "30m",
    fire: ["LanguageModelSlow"],
  },
];

const rules = alertRules([SERVICE], { [SERVICE]: 3 });
const every = rules.groups.flatMap((group) => group.rules);
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "alerts-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function promtool(...args: string[]): Promise<string> {
  return await promisify(execFile)("promtool", args).then(
    ({ stdout }) => stdout,
    ({ code, stdout, stderr }) => `${code}: ${stdout}${stderr}`,
  );
}

async function write(name: string, content: object): Promise<string> {
  await writeFile(join(folder, name), JSON.stringify(content));
  return join(folder, name);
}

/** Asks how many instances of every alert fire, so that one too many is seen too. */
async function run({ series, at, fire }: Scenario, of: AlertRules): Promise<string> {
  await write("alerts.yml", of);
  const names = [...new Set(every.map(({ alert }) => alert))];
  const expected = (alert: string) => fire.filter((name) => name === alert).length;
  const file = await write("test.yml", {
    rule_files: ["alerts.yml"],
    evaluation_interval: MINUTE,
    tests: [
      {
        interval: MINUTE,
        input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
        promql_expr_test: names.map((alert) => ({
          expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
          eval_time: at,
          exp_samples: [{ labels: "{}", value: expected(alert) }],
        })),
      },
    ],
  });
  return promtool("test", "rules", file);
}

test.each(scenarios)("when $name, just $fire fires", async (scenario) => {
  expect(await run(scenario, rules)).toContain("SUCCESS");
});

test("every alert fires in one of the scenarios", () => {
  const fired = new Set(scenarios.flatMap(({ fire }) => fire));
  expect([...fired].sort()).toEqual([...new Set(every.map(({ alert }) => alert))].sort());
});

test("an alert that never fires would be seen", async () => {
  const [group] = rules.groups;
  const dead = {
    groups: [{ name: "dead", rules: group?.rules.filter(({ alert }) => alert !== "PodDown") ?? [] }],
  };
  const scenario = scenarios.find(({ fire }) => fire.join() === "PodDown") as Scenario;
  expect(await run(scenario, dead)).toContain("FAILED");
});

test("Prometheus takes the configuration and the rules", async () => {
  await write("alerts.yml", rules);
  const config = await write("prometheus.yml", prometheusConfig([SERVICE]));
  expect(await promtool("check", "config", "--syntax-only", config)).toContain("SUCCESS");
  expect(await promtool("check", "rules", join(folder, "alerts.yml"))).toContain(
    `${every.length} rules found`,
  );
});
