import {
  createApp,
  createMetrics,
  type Logger,
  listen,
  type Service,
  startManagement,
} from "@mobile-ai-agent/service-kit";
import type { WebAppConfig } from "./config.ts";
import { mountRoutes } from "./routes.ts";
import { readSite } from "./site.ts";

/** Serves the app's web build: its files, and its one page for every address that the app itself knows. */
export function createWebApp(
  config: WebAppConfig,
  logger: Logger,
): Service & { ports(): { http: number; management: number } } {
  const metrics = createMetrics();
  const closers: (() => Promise<void>)[] = [];
  const ports = { http: 0, management: 0 };
  let ready = false;

  return {
    ports: () => ports,

    async start() {
      const management = await startManagement(config.METRICS_PORT, { ready: () => ready, metrics });
      closers.unshift(management.close);
      const site = await readSite(config.PUBLIC_DIR);
      const app = createApp({ logger, metrics, routes: (app) => mountRoutes(app, site), json: false });
      const http = await listen(app, config.PORT);
      closers.unshift(http.close);
      Object.assign(ports, { http: http.port, management: management.port });
      ready = true;
    },

    async stop() {
      ready = false;
      for (const close of closers.splice(0)) await close();
    },
  };
}
