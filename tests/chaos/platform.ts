import { join } from "node:path";
import {
  CONTENT_ENV,
  createAuditKey,
  createIssuer,
  freePort,
  startMongo,
  type TestIssuer,
} from "@mobile-ai-agent/test-support";
import { type Balancer, startBalancer } from "./balancer.ts";
import { type Node, startNode } from "./node.ts";
import { startToldModel } from "./told-model.ts";

const APPS = join(import.meta.dirname, "../../apps");
const PLANT = join(import.meta.dirname, "plant.ts");

export interface Platform {
  readonly issuer: TestIssuer;
  /** Origin of context-protocol-server. */
  readonly contexts: string;
  /** Before both websocket-servers. */
  readonly sockets: Balancer;
  /** What may die, in an order in which no two of a kind follow each other. */
  readonly mortals: readonly Node[];
  stop(): Promise<void>;
}

/** A defect to plant in a service's source, for tests of these tests: `plant.ts` tells how. */
export interface Defect {
  readonly service: "websocket-server" | "agent-orchestrator";
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * What a conversation needs, on real databases: context-protocol-server, and two each of websocket-server and
 * agent-orchestrator, every one a process of its own. The model is a double.
 */
export async function startPlatform(defect?: Defect): Promise<Platform> {
  const cleanup = new AsyncDisposableStack();
  try {
    return await startOn(cleanup, defect);
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

async function startOn(cleanup: AsyncDisposableStack, defect?: Defect): Promise<Platform> {
  const issuer = createIssuer();
  const [mongo, keys, model] = await Promise.all([startMongo(), issuer.serve(), startToldModel()]);
  cleanup.defer(() => mongo.stop());
  cleanup.defer(() => keys.stop());
  cleanup.defer(() => model.close());

  const start = async (name: string, node: Omit<Parameters<typeof startNode>[0], "name">) => {
    const started = await startNode({ name, ...node });
    cleanup.defer(() => started.kill());
    return started;
  };
  const redisPort = await freePort();
  const redis = await start("redis", {
    command: "redis-server",
    args: ["--bind", "127.0.0.1", "--port", `${redisPort}`, "--save", "", "--appendonly", "no"],
    env: {},
    port: redisPort,
  });

  const common = {
    LOG_LEVEL: "error",
    ...{ PORT: "0", METRICS_PORT: "0" },
    // As in the cluster.
    MONGODB_URI: `${mongo.uri}?maxPoolSize=4`,
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    JWKS_URL: keys.jwksUrl,
    RUN_TOKEN_KEY: "k".repeat(32),
    MCP_URL: "https://agent.test/mcp",
    MCP_ALLOWED_HOSTS: "127.0.0.1",
    ...CONTENT_ENV,
    AUDIT_KEYS: createAuditKey(),
  };
  const run = async (name: string, more: Record<string, string>, listensAt = "PORT") => {
    const port = await freePort();
    const planted = defect !== undefined && name.startsWith(defect.service);
    const [service] = name.split("/") as [string];
    return await start(name, {
      command: process.execPath,
      args: [...(planted ? ["--import", PLANT] : []), join(APPS, service, "src/main.ts")],
      env: {
        ...{ ...common, ...more, [listensAt]: `${port}` },
        ...(planted && { DEFECT: JSON.stringify(defect) }),
      },
      port,
    });
  };
  const contexts = `http://127.0.0.1:${(await run("context-protocol-server", {})).port}`;
  const orchestrating = {
    CONTEXT_PROTOCOL_SERVER_URL: contexts,
    LLM_SERVER_URL: model.url,
    ...{ LLM_MODEL: "told", LLM_TOOLS: "false", LLM_CONTINUES: "true" },
    ...{ CONCURRENCY: "20", CLAIM_AFTER_MS: "3000", SWEEP_AFTER_MS: "5000" },
  };
  const serving = { CONTEXT_PROTOCOL_SERVER_URL: contexts, RATE_LIMIT_CHAT: "100000/60" };
  const orchestrator = [
    await run("agent-orchestrator/0", orchestrating, "METRICS_PORT"),
    await run("agent-orchestrator/1", orchestrating, "METRICS_PORT"),
  ] as const;
  const socketServer = [
    await run("websocket-server/0", serving),
    await run("websocket-server/1", serving),
  ] as const;
  const sockets = await startBalancer(socketServer.map(({ port }) => port));
  cleanup.defer(() => sockets.close());
  return {
    issuer,
    contexts,
    sockets,
    mortals: [socketServer[0], orchestrator[0], redis, socketServer[1], orchestrator[1], redis],
    stop: () => cleanup.disposeAsync(),
  };
}
