import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import {
  createAuditKey,
  freePort,
  newContentKeys,
  startMongo,
  startRedis,
} from "@mobile-ai-agent/test-support";
import { execa } from "execa";
import { authConfig } from "../../../apps/auth-service/src/config.ts";
import { createAuthService } from "../../../apps/auth-service/src/service.ts";
import { readServiceConfig } from "../../../apps/context-protocol-server/src/config.ts";
import { rewrap } from "../../../apps/context-protocol-server/src/rewrap.ts";
import { createService } from "../../../apps/context-protocol-server/src/service.ts";
import { createMongoCredentials } from "../../../infra/data/ferret-db.ts";
import { createRedisCredentials } from "../../../infra/data/redis.ts";
import { kubectlOn, type PlatformKubectl } from "../../platform-kubectl.ts";
import { startApiServer } from "../../pulumi/kubernetes-plugin/testing/api-server.ts";
import { replaced } from "../key-file.ts";
import { describePod, mountedEnv, mountSecrets, type Secrets } from "./mounts.ts";

const TOKENS = { JWT_ISSUER: "https://issuer.test", JWT_AUDIENCE: "mobile-ai-agent" };
const PORTS = { PORT: "0", METRICS_PORT: "0", LOG_LEVEL: "error" };
const KUBELET_MS = 500;

/**
 * Real services (two of context-protocol-server, one of auth-service) on a real Redis with users and a real FerretDB that
 * asks for certificates, with the Secrets that the program makes in a real API server. It has no nodes: the files of pods
 * come from here, and what is executed in pods runs here.
 */
export async function startCredentialPlatform() {
  const cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "credentials-"));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const server = await startApiServer();
  cleanup.defer(() => server.stop());
  await writeFile(join(folder, "kubeconfig"), server.kubeconfig, { mode: 0o600 });
  const real = kubectlOn(
    {
      cluster: "context",
      kubeconfig: join(folder, "kubeconfig"),
      context: "test",
      kubectl: process.env.KUBECTL_BINARY || "kubectl",
      namespace: "agent",
    },
    AbortSignal.timeout(600_000),
  );
  await real(["create", "namespace", "agent"]);
  const [redisPort, mongoPort] = [await freePort(), await freePort()];
  await createSecrets(real, { redisPort, mongoPort });

  const aclFile = join(folder, "users.acl");
  await writeFile(aclFile, (await readSecrets(real))["redis-credentials"]?.["users.acl"] ?? "");
  const redis = await startRedis({ port: redisPort, aclFile });
  cleanup.defer(() => redis.stop());
  const database = createDatabase(join(folder, "database"), mongoPort);
  await database.start(await readSecrets(real));
  cleanup.defer(() => database.stop());

  const pods = ["auth", "context-0", "context-1"].map((name) => ({ name, home: join(folder, name) }));
  const bring = async () => {
    const secrets = await readSecrets(real);
    for (const { home } of pods) await mountSecrets(home, secrets);
  };
  await bring();
  cleanup.defer(repeat(bring));
  const services = await startServices(pods.map(({ home }) => mountedEnv(home)));
  for (const service of services.all) cleanup.defer(() => service.stop());

  const kubectl: PlatformKubectl = async (args, options) => {
    const [verb = "", what = ""] = args;
    if (verb === "get" && what === "pods")
      return JSON.stringify({ items: pods.map(({ name }) => describePod(name)) });
    if (verb === "delete") return await database.restart(await readSecrets(real));
    if (verb === "rollout") return "";
    if (verb !== "exec") return await real(args, options);
    if (args.includes("redis-cli"))
      return (await execa("redis-cli", ["-p", `${redisPort}`], { input: options?.input ?? "" })).stdout;
    const { home } = pods.find(({ name }) => name === what) ?? { home: join(folder, "context-0") };
    if (args.includes("rewrap"))
      return String(await rewrap(mountedEnv(home), createLogger("rewrap", "none")));
    const command = args.slice(4).map((arg) => arg.replace("/run/secrets", home));
    return (await promisify(execFile)(process.execPath, command)).stdout;
  };
  return {
    ...{ kubectl, redisPort, auth: services.auth, contexts: services.contexts },
    secrets: () => readSecrets(real),
    stop: () => cleanup.disposeAsync(),
  };
}

async function createSecrets(kubectl: PlatformKubectl, ports: { redisPort: number; mongoPort: number }) {
  const redis = createRedisCredentials();
  const mongo = await createMongoCredentials("agent");
  // The server is named as it is in the cluster; here it is on another address.
  const options = "tls=true&directConnection=true&tlsAllowInvalidHostnames=true";
  const secrets = {
    "redis-credentials": { ...redis, url: redis.url?.replace("redis:6379", `127.0.0.1:${ports.redisPort}`) },
    "mongodb-credentials": { ...mongo, uri: `mongodb://127.0.0.1:${ports.mongoPort}/agent?${options}` },
    "content-keys": { "master-keys": `${newContentKeys(2)}\n`, "transit-keys": `${newContentKeys(2)}\n` },
    "jwt-credentials": { "private.pem": replaced() },
  };
  for (const [name, stringData] of Object.entries(secrets)) {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData };
    await kubectl(["create", "-f", "-"], { input: JSON.stringify(secret) });
  }
}

async function readSecrets(kubectl: PlatformKubectl): Promise<Secrets> {
  const { items } = JSON.parse(await kubectl(["get", "secrets", "-o", "json"])) as {
    items: { metadata: { name: string }; data: Record<string, string> }[];
  };
  const decode = (data: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
  return Object.fromEntries(items.map(({ metadata, data }) => [metadata.name, decode(data)]));
}

/** FerretDB's pod: its files are those of the Secret when it starts, and its volume outlives it. */
function createDatabase(folder: string, port: number) {
  let running: Awaited<ReturnType<typeof startMongo>> | undefined;
  const start = async (secrets: Secrets) => {
    const volume = join(folder, "volume");
    await mkdir(volume, { recursive: true });
    for (const key of ["server.crt", "server.key", "clients.crt"])
      await writeFile(join(folder, key), secrets["mongodb-credentials"]?.[key] ?? "");
    const [certificate, privateKey, clients] = ["server.crt", "server.key", "clients.crt"].map((key) =>
      join(folder, key),
    ) as [string, string, string];
    running = await startMongo({ port, folder: volume, tls: { certificate, key: privateKey, clients } });
  };
  const stop = async () => await running?.stop();
  return {
    ...{ start, stop },
    async restart(secrets: Secrets) {
      await stop();
      await start(secrets);
      return "";
    },
  };
}

/** @returns what ends it */
function repeat(work: () => Promise<void>): () => Promise<void> {
  const stopping = new AbortController();
  const working = (async () => {
    while (!stopping.signal.aborted) {
      await work();
      await sleep(KUBELET_MS);
    }
  })();
  return async () => {
    stopping.abort();
    await working;
  };
}

async function startServices([authEnv, ...contextEnvs]: Record<string, string>[]) {
  const keys = { SECOND_FACTOR_KEYS: randomBytes(32).toString("base64"), AUDIT_KEYS: createAuditKey() };
  const auth = createAuthService(
    readConfig(authConfig, { ...PORTS, ...TOKENS, ...keys, ...authEnv }),
    createLogger("auth-service", "none"),
  );
  await auth.start();
  const authOrigin = `http://127.0.0.1:${auth.ports().http}`;
  const contexts = contextEnvs.map((env) =>
    createService(
      readServiceConfig({
        ...{ ...PORTS, ...TOKENS, ...env, JWKS_URL: `${authOrigin}/.well-known/jwks.json` },
        ...{
          RUN_TOKEN_KEY: "k".repeat(32),
          MCP_URL: "https://agent.test/mcp",
          MCP_ALLOWED_HOSTS: "127.0.0.1",
        },
      }),
      { logger: createLogger("context-protocol-server", "none") },
    ),
  );
  for (const context of contexts) await context.start();
  return {
    all: [...contexts, auth],
    auth: authOrigin,
    contexts: contexts.map((context) => `http://127.0.0.1:${context.port()}`),
  };
}
