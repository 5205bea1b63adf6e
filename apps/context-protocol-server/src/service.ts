import { createConversationStore, createRunQueue } from "@mobile-ai-agent/conversation-store";
import {
  connectMongo,
  connectRedis,
  createApp,
  createLogger,
  createMetrics,
  createTokenVerifier,
  type Logger,
  listen,
  requireUser,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import type { ServiceConfig } from "./config.ts";
import { mountRoutes } from "./routes/index.ts";

export interface ContextProtocolServer extends Service {
  /** The port it listens on, once started. */
  port(): number;
}

/** Sessions, their context and their messages, and the runs that answer these. */
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
      const mongo = await connectMongo(config, "context-protocol-server");
      resources.defer(() => mongo.close());
      const redis = await connectRedis(config, logger);
      resources.defer(() => redis.close());
      const store = createConversationStore(mongo.db);
      await store.createIndexes();
      const verifier = createTokenVerifier({
        issuer: config.JWT_ISSUER,
        audience: config.JWT_AUDIENCE,
        jwksUrl: config.JWKS_URL,
      });
      const routes = mountRoutes({
        store,
        queue: createRunQueue(redis),
        authenticate: requireUser(verifier),
      });
      const http = await listen(createApp({ logger, metrics, routes }), config.PORT);
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
