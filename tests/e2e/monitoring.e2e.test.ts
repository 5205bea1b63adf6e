import { randomUUID } from "node:crypto";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { signIn } from "@mobile-ai-agent/local/chat/account";
import { PlatformApi } from "@mobile-ai-agent/local/chat/api";
import { Conversation } from "@mobile-ai-agent/local/chat/conversation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { read } from "./command-line.ts";
import { Prometheus } from "./prometheus.ts";
import { instance, runningPlatform } from "./running-platform.ts";

const MINUTES = 60_000;
const platform = await runningPlatform();
let prometheus: Prometheus;

beforeAll(async () => {
  prometheus = await Prometheus.open(platform);
});
afterAll(() => prometheus?.[Symbol.asyncDispose]());

/** A person who talks: there must be something to see. */
async function chat(): Promise<void> {
  const api = new PlatformApi(platform.url);
  await signIn(api, join(instance.stateDir, "terminal-account.json"));
  const conversation = await Conversation.open(api);
  try {
    await conversation.ask("Say yes.", () => {}, AbortSignal.timeout(2 * MINUTES));
  } finally {
    conversation.close();
  }
}

interface DeployedDashboard {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

/** What a Grafana beside the platform would show, as it is deployed. */
async function deployedQueries(): Promise<{ readonly name: string; readonly expr: string }[]> {
  const config = (await read("configmap", "grafana-dashboards", "-n", platform.namespace)) as {
    data: Record<string, string>;
  };
  const dashboards = Object.values(config.data).map((text) => JSON.parse(text) as DeployedDashboard);
  return dashboards.flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      panel.targets.map(({ expr }) => ({
        name: `${title}: ${panel.title}: ${expr}`,
        expr: expr.replaceAll("$service", ".*"),
      })),
    ),
  );
}

describe("Prometheus in the cluster", () => {
  it("watches every pod of every service", async () => {
    const deployments = (await read("deployments", "-n", platform.namespace)) as {
      items: { metadata: { name: string } }[];
    };
    const names = deployments.items.map(({ metadata }) => metadata.name);
    await expect
      .poll(
        async () => {
          const targets = await prometheus.query("up");
          return {
            services: [...new Set(targets.map(({ metric }) => metric.service))].sort(),
            down: targets.filter(({ value }) => value[1] !== "1").length,
          };
        },
        { timeout: 3 * MINUTES, interval: 3000 },
      )
      .toEqual({ services: ["prometheus", ...names].sort(), down: 0 });
  });

  it("has figures for every query of every dashboard after a chat", async () => {
    const queries = await deployedQueries();
    expect(queries.length).toBeGreaterThan(10);
    const isEmpty = async (expr: string) =>
      !(await prometheus.query(expr)).some(({ value }) => Number.isFinite(Number(value[1])));
    await expect
      .poll(
        async () => {
          // A rate needs two different counts of what it is of.
          await chat();
          const empty = await Promise.all(
            queries.map(async ({ name, expr }) => ((await isEmpty(expr)) ? name : [])),
          );
          return empty.flat();
        },
        { timeout: 3 * MINUTES, interval: 10_000 },
      )
      .toEqual([]);
  });

  it("evaluates every alert, and none of them is about this platform now", async () => {
    const rules = await prometheus.rules();
    expect(rules.length).toBeGreaterThan(10);
    const unhealthy = rules.filter(({ health }) => health !== "ok");
    expect(unhealthy.map(({ name, lastError }) => `${name}: ${lastError}`)).toEqual([]);
    for (const { query } of rules) await prometheus.query(query);
    const down = await prometheus.query('ALERTS{alertstate="firing",alertname=~"ServiceDown|PodDown"}');
    expect(down.map(({ metric }) => metric)).toEqual([]);
  });
});

describe("series of requests", () => {
  const PATHS = 10_000;
  const WARM_UP = 200;
  const AT_ONCE = 16;
  /** Each prefix that the ingress knows, and none. */
  const PREFIXES = [
    "",
    "",
    "/api",
    "/api/message",
    "/api/auth",
    "/mcp",
    "/ws",
    "/.well-known/oauth-protected-resource",
  ];
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  afterAll(() => agent.destroy());

  /** @returns the status; over the rate limit it is 429, which is counted like any other */
  function ask(path: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const headers = { accept: "*/*" };
      request(new URL(path, platform.url), { agent, headers, ca: platform.caCertificate }, (response) => {
        response.resume().once("end", () => resolve(response.statusCode ?? 0));
      })
        .once("error", reject)
        .end();
    });
  }

  async function askRandomPaths(number: number): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    let left = number;
    const worker = async () => {
      while (left-- > 0) {
        const status = await ask(`${PREFIXES[left % PREFIXES.length]}/${randomUUID()}/${randomUUID()}`);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return statuses;
  }

  const counted = async () => (await prometheus.value("sum(app_request_count)")) ?? 0;
  /** Waits until Prometheus has read the figures of every pod at a moment after this one. */
  async function everyPodRead(): Promise<void> {
    const now = Date.now() / 1000;
    const oldestReading = async () => (await prometheus.value("min(timestamp(up))")) ?? 0;
    await expect.poll(oldestReading, { timeout: MINUTES, interval: 1000 }).toBeGreaterThan(now);
  }
  /** Pods come and go with the load, and a limit may be reached: the routes are what must not grow. */
  const series = async () =>
    (
      await prometheus.query('group by (__name__, service, method, route) ({__name__=~"app_request_.+"})')
    ).map(({ metric: { __name__, service, method, route } }) => `${__name__} ${service} ${method} ${route}`);

  it(
    `are not added by ${PATHS.toLocaleString("en")} random paths`,
    async () => {
      await askRandomPaths(WARM_UP);
      await everyPodRead();
      const before = await series();
      const countedBefore = await counted();
      const statuses = await askRandomPaths(PATHS);
      expect([...statuses.values()].reduce((sum, count) => sum + count)).toBe(PATHS);
      expect([...statuses.keys()].filter((status) => status < 400 || status >= 500)).toEqual([]);
      await everyPodRead();
      expect(await counted()).toBeGreaterThan(countedBefore + PATHS * 0.8);
      const added = (await series()).filter((name) => !before.includes(name));
      expect(added.slice(0, 5), `${added.length} series more`).toEqual([]);
    },
    10 * MINUTES,
  );

  it("end in a limit for this address, which ends by itself", async () => {
    // Other tests come from it, and sign in.
    await expect.poll(() => ask("/api/auth"), { timeout: 2 * MINUTES, interval: 2000 }).not.toBe(429);
  });
});
