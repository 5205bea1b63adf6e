import { createServer } from "node:http";
import { openTransitCipher } from "@mobile-ai-agent/content-cipher";
import { createUserEvents } from "@mobile-ai-agent/conversation-store";
import {
  connectRedis,
  createApp,
  createLogger,
  createMetrics,
  createRateLimiters,
  type Logger,
  listen,
  openTokenVerifier,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import type { ServiceConfig } from "./config.ts";
import { createContextClient } from "./context-client.ts";
import { relayUserEvents } from "./relay.ts";
import { createRunOwners } from "./run-owners.ts";
import { createSocketMetrics } from "./socket-metrics.ts";
import { attachSocketServer } from "./socket-server.ts";

export interface WebsocketServer extends Service {
  /** The port it listens on, once started. */
  port(): number;
}

/** The devices' sockets: what they send goes to context-protocol-server, runs' events come from Redis. */
export function createService(
  config: ServiceConfig,
  { logger = createLogger("websocket-server", config.LOG_LEVEL) }: { logger?: Logger } = {},
): WebsocketServer {
  const metrics = createMetrics();
  const resources = new AsyncDisposableStack();
  let ready = () => false;
  let port = 0;

  return {
    port: () => port,

    async start() {
      const probes = await startManagement(config.METRICS_PORT, { ready: () => ready(), metrics });
      resources.defer(() => probes.close());
      const redis = await connectRedis(config, logger);
      resources.defer(() => redis.close());
      const { verifier, revocations } = await openTokenVerifier(config, redis, logger);
      resources.defer(() => revocations.close());
      const transit = openTransitCipher(config, logger);
      resources.defer(() => transit.close());
      const owners = createRunOwners();
      const server = createServer(createApp({ logger, metrics, routes: () => {}, json: false }));
      const io = attachSocketServer(server, {
        allowedOrigins: config.ALLOWED_ORIGINS,
        redis,
        cipher: transit.cipher,
        verifier,
        revocations,
        // Of the name by which api-gateway counts too: a message is one, whichever way it comes.
        messageLimit: createRateLimiters(redis, { chat: limitOf(config) }, logger).chat,
        context: createContextClient(config.CONTEXT_PROTOCOL_SERVER_URL),
        owners,
        metrics: createSocketMetrics(metrics),
        logger,
      });
      const endRelay = await relayUserEvents(io, createUserEvents(redis, transit.cipher), owners);
      resources.defer(async () => endRelay());
      const http = await listen(server, config.PORT);
      resources.defer(async () => {
        // No new ones first; those that are cut connect again, to another replica.
        const closed = http.close();
        await io.close();
        await closed;
      });
      port = http.port;
      ready = () => redis.isReady;
    },

    async stop() {
      ready = () => false;
      await resources.disposeAsync();
    },
  };
}

/** Without Redis there are no runs to be started, so no replica counts on its own. */
function limitOf({ RATE_LIMIT_CHAT }: ServiceConfig) {
  return { ...RATE_LIMIT_CHAT, requestsWithoutRedis: RATE_LIMIT_CHAT.requests };
}
