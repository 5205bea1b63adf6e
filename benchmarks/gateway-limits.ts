import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { listen } from "@mobile-ai-agent/service-kit";
import { createIssuer, startRedis } from "@mobile-ai-agent/test-support";
import autocannon from "autocannon";

const ROUNDS = 3;
const CONNECTIONS = 50;
const PATH = "/api/session";
const NEVER_REACHED = "1000000/3600";

interface Variant {
  readonly name: string;
  readonly limit: string;
  readonly mode?: "unlimited";
}

const VARIANTS: readonly Variant[] = [
  { name: "no limits", limit: NEVER_REACHED, mode: "unlimited" },
  { name: "limits, all admitted", limit: NEVER_REACHED },
  { name: "limits, all refused", limit: "1/3600" },
];

/**
 * Loads three gateways in turn, round by round, each a process of its own before the same service and Redis, and prints
 * their throughput, CPU and latency, and the ratio of each one's CPU to that of the first.
 */
export async function measureGatewayLimits(seconds: number): Promise<void> {
  const cleanup = new AsyncDisposableStack();
  try {
    report(await measure(seconds, cleanup));
  } finally {
    await cleanup.disposeAsync();
  }
}

/** @returns the figures of each round, by variant */
async function measure(seconds: number, cleanup: AsyncDisposableStack): Promise<Figures[][]> {
  const issuer = createIssuer();
  const keys = await issuer.serve();
  cleanup.defer(() => keys.stop());
  const redis = await startRedis();
  cleanup.defer(() => redis.stop());
  const service = await listen(
    createServer((_request, response) => response.end('{"sessions":[]}')),
    0,
  );
  cleanup.defer(() => service.close());
  const address = `http://127.0.0.1:${service.port}`;
  const env = {
    PORT: "0",
    METRICS_PORT: "0",
    REDIS_URL: redis.url,
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWKS_URL: keys.jwksUrl,
    AUTH_SERVICE_URL: address,
    CONTEXT_PROTOCOL_SERVER_URL: address,
  };

  const gateways: { child: ChildProcess; url: string }[] = [];
  for (const { limit, mode = "" } of VARIANTS) {
    const child = fork(join(import.meta.dirname, "gateway-process.ts"), [mode], {
      env: { ...process.env, ...env, RATE_LIMIT_API: limit },
    });
    cleanup.defer(() => child.disconnect());
    const [port] = await once(child, "message");
    gateways.push({ child, url: `http://127.0.0.1:${port}${PATH}` });
  }

  const rounds: Figures[][] = VARIANTS.map(() => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [n, { child, url }] of gateways.entries()) {
      const headers = { authorization: `Bearer ${issuer.token()}` };
      const figures = await load(child, { url, headers, duration: round === 0 ? 1 : seconds });
      // The first round warms up.
      if (round > 0) rounds[n]?.push(figures);
    }
  }
  return rounds;
}

interface Figures {
  readonly perSecond: number;
  /** Microseconds of the gateway's CPU for a request; hardly depends on what else the machine does. */
  readonly cpu: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

async function load(
  gateway: ChildProcess,
  target: { url: string; headers: Record<string, string>; duration: number },
): Promise<Figures> {
  const before = await cpuOf(gateway);
  const { requests, latency, errors, statusCodeStats } = await autocannon({
    ...target,
    connections: CONNECTIONS,
  });
  if (errors > 0) throw new Error(`${errors} requests to ${target.url} failed`);
  return {
    perSecond: requests.average,
    cpu: ((await cpuOf(gateway)) - before) / requests.total,
    p50: latency.p50,
    p99: latency.p99,
    refused: (statusCodeStats?.["429"]?.count ?? 0) / requests.total,
  };
}

async function cpuOf(gateway: ChildProcess): Promise<number> {
  gateway.send("cpu");
  return (await once(gateway, "message"))[0];
}

function report(rounds: readonly (readonly Figures[])[]): void {
  const median = (n: number, of: (figures: Figures) => number) =>
    (rounds[n] ?? []).map(of).sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
  const base = median(0, ({ cpu }) => cpu);
  const rows = VARIANTS.map(({ name }, n) => ({
    variant: name,
    "requests/s": Math.round(median(n, ({ perSecond }) => perSecond)),
    "CPU µs/request": Math.round(median(n, ({ cpu }) => cpu)),
    "ratio to the first": Number((median(n, ({ cpu }) => cpu) / base).toFixed(2)),
    "p50 ms": median(n, ({ p50 }) => p50),
    "p99 ms": median(n, ({ p99 }) => p99),
    refused: `${Math.round(median(n, ({ refused }) => refused) * 100)} %`,
  }));
  process.stdout.write(
    `${PATH} through the gateway, ${CONNECTIONS} connections, median of ${ROUNDS} rounds\n`,
  );
  console.table(rows);
}
