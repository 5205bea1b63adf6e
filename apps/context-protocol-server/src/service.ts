import { openContentCipher, openTransitCipher } from "@mobile-ai-agent/content-cipher";
import {
  createConversationStore,
  createRunCancellations,
  createRunLog,
  createRunQueue,
  createTokenBudget,
  createUserEvents,
} from "@mobile-ai-agent/conversation-store";
import {
  connectMongo,
  connectRedis,
  createApp,
  createLogger,
  createMetrics,
  type Logger,
  listen,
  openTokenVerifier,
  requireUser,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import type { ServiceConfig } from "./config.ts";
import { eraseConversations } from "./erase-conversations.ts";
import { createExportSources } from "./export/sources.ts";
import { createMcpEndpoint } from "./mcp/endpoint.ts";
import { createMediaCheck } from "./media-check.ts";
import { mountRoutes } from "./routes/index.ts";
import { createTellUser } from "./tell-user.ts";

export interface ContextProtocolServer extends Service {
  /** The port it listens on, once started. */
  port(): number;
}

/** More would wait for the database, not for this process. */
const AT_ONCE = 32;

/** Sessions, their context and their messages, and the runs that answer these: as an HTTP API, and over MCP. */
export function createService(
  config: ServiceConfig,
  { logger = createLogger("context-protocol-server", config.LOG_LEVEL) }: { logger?: Logger } = {},
): ContextProtocolServer {
  const metrics = createMetrics();
  const resources = new AsyncDisposableStack();
  let ready = false;
  let port = 0;

  return {
    port: () => port,

    async start() {
      const probes = await startManagement(config.METRICS_PORT, { ready: () => ready, metrics });
      resources.defer(() => probes.close());
      const mongo = await connectMongo(config, "context-protocol-server", logger);
      resources.defer(() => mongo.close());
      const redis = await connectRedis(config, logger);
      resources.defer(() => redis.close());
      const content = openContentCipher(config, mongo.db, logger);
      resources.defer(() => content.close());
      const transit = openTransitCipher(config, logger);
      resources.defer(() => transit.close());
      const store = createConversationStore(mongo.db, content.cipher);
      await store.createIndexes();
      const budget = createTokenBudget(mongo.db, redis, { tokensPerDay: config.BUDGET_TOKENS_PER_DAY });
      await budget.createIndexes();
      const { verifier, revocations } = await openTokenVerifier(config, redis, logger);
      resources.defer(() => revocations.close());
      const cancellations = createRunCancellations(redis);
      const runLog = createRunLog(redis, transit.cipher);
      const erasing = eraseConversations({ db: mongo.db, store, runLog, cancellations, config, logger });
      resources.defer(() => erasing.close());
      const routes = mountRoutes({
        store,
        budget,
        queue: createRunQueue(redis),
        cancellations,
        runLog,
        tell: createTellUser(createUserEvents(redis, transit.cipher), logger),
        checkMedia: createMediaCheck(config.MEDIA_PROCESSING_URL),
        exportSources: createExportSources(config),
        logger,
        authenticate: requireUser(verifier),
      });
      const mcp = createMcpEndpoint({ config, store, verifier, logger });
      resources.defer(() => mcp.close());
      const app = createApp({
        logger,
        metrics,
        atOnce: AT_ONCE,
        // MCP reads its bodies itself, to answer a malformed one as JSON-RPC says.
        json: false,
        routes: (express) => {
          mcp.mount(express);
          routes(express);
        },
      });
      const http = await listen(app, config.PORT);
      resources.defer(() => http.close());
      port = http.port;
      ready = true;
    },

    async stop() {
      ready = false;
      await resources.disposeAsync();
    },
  };
}
