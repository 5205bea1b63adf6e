import { randomUUID } from "node:crypto";
import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createConversationStore } from "@mobile-ai-agent/conversation-store";
import { connectMongo, createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import {
  CONTENT_ENV,
  createAuditKey,
  startMongo,
  startRedis,
  type TestIssuer,
  testCipher,
} from "@mobile-ai-agent/test-support";
import { startOidcProvider } from "@mobile-ai-agent/test-support/oidc-provider";
import { orchestratorConfig } from "../../apps/agent-orchestrator/src/config.ts";
import { createService as createOrchestrator } from "../../apps/agent-orchestrator/src/service.ts";
import {
  type ScriptedModel,
  startScriptedModel,
} from "../../apps/agent-orchestrator/src/testing/scripted-model.ts";
import { gatewayConfig } from "../../apps/api-gateway/src/config.ts";
import { createApiGateway } from "../../apps/api-gateway/src/service.ts";
import { changeRole } from "../../apps/auth-service/src/change-role.ts";
import { authConfig } from "../../apps/auth-service/src/config.ts";
import { createAuthService } from "../../apps/auth-service/src/service.ts";
import { readServiceConfig as readContextConfig } from "../../apps/context-protocol-server/src/config.ts";
import { createService as createContextService } from "../../apps/context-protocol-server/src/service.ts";
import { mediaConfig } from "../../apps/media-processing/src/config.ts";
import { createService as createMediaService } from "../../apps/media-processing/src/service.ts";
import { readServiceConfig as readSocketConfig } from "../../apps/websocket-server/src/config.ts";
import { createService as createSocketService } from "../../apps/websocket-server/src/service.ts";

import { PROVIDER } from "./api/provider.ts";

const logger = createLogger("test", "none");

export interface Platform {
  readonly auth: string;
  readonly context: string;
  readonly media: string;
  readonly sockets: string;
  readonly gateway: string;
  /** Where it keeps things: what a service's configuration has, and the folder of the object store. */
  readonly stores: { readonly MONGODB_URI: string; readonly REDIS_URL: string; readonly objects: string };
  /** One more gateway before the same services, of another configuration. Gives its origin. */
  startGateway(env: Readonly<Record<string, string>>): Promise<string>;
  /** Lets runs be answered: starts agent-orchestrator, before the model that it gives. */
  startAgent(): Promise<ScriptedModel>;
  makeAdmin(username: string): Promise<void>;
  /** As agent-orchestrator asks the user of a run, whose name stands in all texts. @returns the approval's id */
  askApproval(runId: string, marker: string): Promise<string>;
  stop(): Promise<void>;
}

/** The services that take access tokens, as they run in the cluster, on real databases. Gives their origins. */
export async function startPlatform(issuer: TestIssuer): Promise<Platform> {
  const cleanup = new AsyncDisposableStack();
  const [mongo, redis] = await Promise.all([startMongo(), startRedis()]);
  for (const server of [mongo, redis]) cleanup.defer(() => server.stop());
  const provider = await startOidcProvider({
    clientId: "platform",
    redirectUri: `${issuer.issuer}/api/auth/oidc/${PROVIDER}/callback`,
  });
  cleanup.defer(() => provider.stop());
  const objects = cleanup.use(await mkdtempDisposable(join(tmpdir(), "objects-")));
  const common = {
    PORT: "0",
    METRICS_PORT: "0",
    MONGODB_URI: mongo.uri,
    REDIS_URL: redis.url,
    JWT_ISSUER: issuer.issuer,
    JWT_AUDIENCE: issuer.audience,
    RUN_TOKEN_KEY: "k".repeat(32),
    // More attempts than anybody has in a minute.
    RATE_LIMIT_AUTH: "100000/60",
    RATE_LIMIT_CHAT: "100000/60",
    RATE_LIMIT_API: "100000/60",
    RATE_LIMIT_EXPORT: "100000/60",
    RATE_LIMIT_OTHER: "100000/60",
    ERASURE_POLL: "0.2",
    ERASURE_GRACE: "0.5",
    MCP_URL: "https://agent.test/mcp",
    MCP_ALLOWED_HOSTS: "127.0.0.1",
    JWT_PRIVATE_KEYS: issuer.privateKey,
    OBJECT_STORE_URL: `file://${objects.path}`,
    MEDIA_URL_KEY: "m".repeat(32),
    UPLOAD_IDLE_TIMEOUT: "2",
    AUDIT_KEYS: createAuditKey(),
    ...CONTENT_ENV,
    SECOND_FACTOR_KEYS: Buffer.alloc(32, 1).toString("base64"),
  };
  const run = async <T extends { start(): Promise<void>; stop(): Promise<void> }>(service: T): Promise<T> => {
    cleanup.defer(() => service.stop());
    await service.start();
    return service;
  };
  const at = (port: number) => `http://127.0.0.1:${port}`;

  // The gateway is a proxy before auth-service, and believes the tests, so that each user comes from a network of theirs.
  const settings = { id: PROVIDER, label: "Alpha", issuer: provider.issuer, client_id: "platform" };
  const authEnv = {
    ...{ ...common, TRUSTED_PROXY_COUNT: "2" },
    OIDC_PROVIDERS: JSON.stringify([settings]),
  };
  const auth = at((await run(createAuthService(readConfig(authConfig, authEnv), logger))).ports().http);
  const env = { ...common, JWKS_URL: `${auth}/.well-known/jwks.json`, AUTH_SERVICE_URL: auth };
  const media = at((await run(createMediaService(readConfig(mediaConfig, env), { logger }))).ports().http);
  const context = at(
    (
      await run(createContextService(readContextConfig({ ...env, MEDIA_PROCESSING_URL: media }), { logger }))
    ).port(),
  );
  const behind = { ...env, CONTEXT_PROTOCOL_SERVER_URL: context, MEDIA_PROCESSING_URL: media };
  const sockets = at((await run(createSocketService(readSocketConfig(behind), { logger }))).port());
  const startGateway = async (more: Readonly<Record<string, string>>) => {
    const config = readConfig(gatewayConfig, { ...behind, TRUSTED_PROXY_COUNT: "1", ...more });
    return at((await run(createApiGateway(config, logger))).ports().http);
  };
  const gateway = await startGateway({});
  const startAgent = async () => {
    const model = await startScriptedModel();
    cleanup.defer(() => model.close());
    const config = readConfig(orchestratorConfig, { ...behind, LLM_SERVER_URL: model.url, LLM_MODEL: "any" });
    await run(createOrchestrator(config, { logger }));
    return model;
  };
  const makeAdmin = async (username: string) => {
    await changeRole(readConfig(authConfig, authEnv), logger, { action: "grant", username });
  };
  const database = await connectMongo({ MONGODB_URI: mongo.uri }, "test");
  cleanup.defer(() => database.close());
  const store = createConversationStore(database.db, testCipher(database.db));
  const askApproval = async (runId: string, marker: string) => {
    const run = await store.runs.get(runId);
    if (run === undefined) throw new Error(`there is no run ${runId}`);
    const id = randomUUID();
    await store.approvals.request({
      ...{ id, runId, userId: run.userId, sessionId: run.sessionId },
      ...{ server: "mail", tool: "send_email", risk: "outbound", tainted: true, callHash: "of this call" },
      ...{ arguments: JSON.stringify({ to: marker }), expiresAt: new Date(Date.now() + 600_000) },
    });
    return id;
  };
  return {
    auth,
    context,
    media,
    sockets,
    gateway,
    stores: { MONGODB_URI: mongo.uri, REDIS_URL: redis.url, objects: objects.path },
    startGateway,
    startAgent,
    makeAdmin,
    askApproval,
    stop: () => cleanup.disposeAsync(),
  };
}
