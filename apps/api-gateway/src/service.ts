import { Agent } from "node:http";
import {
  createApp,
  createMetrics,
  type Logger,
  listen,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import type { GatewayConfig } from "./config.ts";
import { mountRoutes } from "./routes.ts";

const MAX_CONNECTIONS_PER_SERVICE = 256;

/** The way in for HTTP: passes each request on to the service that owns its path; these verify tokens themselves. */
export function createApiGateway(
  config: GatewayConfig,
  logger: Logger,
): Service & { ports(): { http: number; management: number } } {
  const metrics = createMetrics();
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS_PER_SERVICE });
  const closers: (() => Promise<void>)[] = [];
  const ports = { http: 0, management: 0 };
  let ready = false;

  return {
    ports: () => ports,

    async start() {
      const management = await startManagement(config.METRICS_PORT, { ready: () => ready, metrics });
      closers.unshift(management.close);
      const routes = (app: Parameters<typeof mountRoutes>[0]) => mountRoutes(app, config, agent);
      const http = await listen(createApp({ logger, metrics, routes, json: false }), config.PORT);
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
