import { Agent, createServer } from "node:http";
import {
  createApp,
  createMetrics,
  createRateLimiters,
  type Logger,
  listen,
  openRedis,
  openTokenVerifier,
  type RateLimiter,
  type Service,
  startManagement,
  type TokenVerifier,
} from "@mobile-ai-agent/service-kit";
import type { Express, RequestHandler } from "express";
import type { GatewayConfig } from "./config.ts";
import { allowOrigins } from "./edge/cross-origin.ts";
import { identify } from "./edge/identity.ts";
import { type LimitClass, limitRequests, limitsOf } from "./edge/limit-requests.ts";
import { createGatewayMetrics } from "./gateway-metrics.ts";
import { mountRoutes } from "./routes.ts";

const MAX_CONNECTIONS_PER_SERVICE = 256;
/** Less than the services take, 16 KiB: what the gateway lets through, with what it adds, must not be refused there. */
const MAX_HEADER_BYTES = 12 * 1024;

/**
 * The way in for HTTP: knows who asks, limits how often, and passes each request on to the service that owns its path.
 * The services verify tokens themselves all the same.
 *
 * @param overrides.limit in place of the limits, for measuring what these cost
 */
export function createApiGateway(
  config: GatewayConfig,
  logger: Logger,
  overrides: { limit?: RequestHandler } = {},
): Service & { ports(): { http: number; management: number } } {
  const metrics = createMetrics();
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS_PER_SERVICE });
  const closers: (() => Promise<void> | void)[] = [];
  const ports = { http: 0, management: 0 };
  let ready = false;

  const mount = (limiters: Readonly<Record<LimitClass, RateLimiter>>, verifier: TokenVerifier) => {
    const gatewayMetrics = createGatewayMetrics(metrics.registry);
    return (app: Express) => {
      app.set("trust proxy", config.TRUSTED_PROXY_COUNT);
      if (config.CORS_ALLOWED_ORIGINS.length > 0) app.use(allowOrigins(config.CORS_ALLOWED_ORIGINS));
      app.use(identify(verifier));
      const limit = overrides.limit ?? limitRequests(limiters, gatewayMetrics);
      mountRoutes(app, { config, agent, limit, metrics: gatewayMetrics, logger });
    };
  };

  return {
    ports: () => ports,

    async start() {
      const management = await startManagement(config.METRICS_PORT, { ready: () => ready, metrics });
      closers.unshift(management.close);
      const redis = openRedis(config, logger);
      closers.unshift(redis.close);
      const tokens = await openTokenVerifier(config, redis.client, logger, { remember: true });
      closers.unshift(tokens.revocations.close);
      const routes = mount(createRateLimiters(redis.client, limitsOf(config), logger), tokens.verifier);
      const app = createApp({ logger, metrics, routes, json: false });
      const http = await listen(createServer({ maxHeaderSize: MAX_HEADER_BYTES }, app), config.PORT);
      closers.unshift(http.close);
      Object.assign(ports, { http: http.port, management: management.port });
      ready = true;
    },

    async stop() {
      ready = false;
      for (const close of closers.splice(0)) await close();
      agent.destroy();
    },
  };
}
