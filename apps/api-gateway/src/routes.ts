import type { Agent } from "node:http";
import { openApiDocument } from "@mobile-ai-agent/contracts/openapi";
import type { Express, RequestHandler } from "express";
import { limitBody } from "./body-limit.ts";
import type { GatewayConfig } from "./config.ts";
import { proxyTo } from "./upstream.ts";

const MAX_BODY_BYTES = 1024 * 1024;

const ROUTES = {
  AUTH_SERVICE_URL: ["/api/auth", "/api/users", "/api/admin"],
  CONTEXT_PROTOCOL_SERVER_URL: [
    "/api/session",
    "/api/context",
    "/api/message",
    "/api/run",
    "/mcp",
    "/.well-known/oauth-protected-resource",
  ],
} as const;

/** Which paths go to which service. Whatever is not listed is a 404 here. */
export function mountRoutes(app: Express, config: GatewayConfig, agent: Agent): void {
  app.get("/api/openapi.json", openApi());
  app.use(limitBody(MAX_BODY_BYTES));
  for (const service of Object.keys(ROUTES) as (keyof typeof ROUTES)[]) {
    const proxy = proxyTo({ target: config[service], agent, timeout: config.UPSTREAM_TIMEOUT });
    for (const prefix of ROUTES[service]) app.all(`${prefix}{/*rest}`, proxy);
  }
}

/** GET /api/openapi.json: the API's description; it changes with a new version only. */
function openApi(): RequestHandler {
  const document = openApiDocument();
  return (_request, response) => {
    response.set("Cache-Control", "public, max-age=300").json(document);
  };
}
