import type { Agent } from "node:http";
import { openApiDocument } from "@mobile-ai-agent/contracts/openapi";
import type { Logger } from "@mobile-ai-agent/service-kit";
import type { Express, RequestHandler } from "express";
import type { GatewayConfig } from "./config.ts";
import { serveDocs } from "./docs/serve-docs.ts";
import { limitBody } from "./edge/body-limit.ts";
import { demandUser } from "./edge/identity.ts";
import { receiveBody } from "./edge/receive-body.ts";
import type { GatewayMetrics } from "./gateway-metrics.ts";
import { passOnTo } from "./upstream/upstream.ts";

const MIB = 1024 * 1024;
/** More than services take of JSON, 100 kB: they are the ones to say how much that is. */
const SMALL = 128 * 1024;

interface Route {
  readonly service: "AUTH_SERVICE_URL" | "CONTEXT_PROTOCOL_SERVER_URL" | "MEDIA_PROCESSING_URL";
  /** `user`: refused here without a valid access token. `anyone`: the service decides. */
  readonly access: "user" | "anyone";
  /** Largest body in bytes, which is streamed. Without it there are small ones only, which are received first. */
  readonly maxBody?: number;
}

/** Which path prefixes go to which service. Whatever is not listed is a 404 here. */
export const ROUTES: Readonly<Record<string, Route>> = {
  "/api/auth": { service: "AUTH_SERVICE_URL", access: "anyone" },
  // Contents are opened where their keys are; the longer path comes first.
  "/api/users/me/export": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "user" },
  "/api/users": { service: "AUTH_SERVICE_URL", access: "user" },
  // An unguessable path takes the place of the token: the account is gone.
  "/api/erasures": { service: "AUTH_SERVICE_URL", access: "anyone" },
  "/api/admin": { service: "AUTH_SERVICE_URL", access: "user" },
  "/api/session": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "user" },
  "/api/context": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "user" },
  "/api/message": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "user" },
  "/api/approvals": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "user" },
  "/api/usage": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "user" },
  "/api/messages": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "user" },
  "/api/run": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "user" },
  // A signed address takes the place of the token.
  "/api/media/:mediaId/content": { service: "MEDIA_PROCESSING_URL", access: "anyone" },
  // A picture or recording: more than the service takes, too.
  "/api/media": { service: "MEDIA_PROCESSING_URL", access: "user", maxBody: 12 * MIB + 64 * 1024 },
  "/.well-known/jwks.json": { service: "AUTH_SERVICE_URL", access: "anyone" },
  // Its 401 says where tokens are to be had, which only the endpoint knows.
  "/mcp": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "anyone" },
  "/.well-known/oauth-protected-resource": { service: "CONTEXT_PROTOCOL_SERVER_URL", access: "anyone" },
};

export interface RouteParts {
  readonly config: GatewayConfig;
  readonly agent: Agent;
  readonly limit: RequestHandler;
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}

/** Mounts the routes, each behind the limit; so is what has no route. Comes after `identify`. */
export function mountRoutes(app: Express, parts: RouteParts): void {
  const { config, limit } = parts;
  const small = [limitBody(SMALL), receiveBody(config.BODY_TIMEOUT * 1000)];
  const passOn = createUpstreams(parts);
  app.get("/api/openapi.json", limit, openApi());
  serveDocs(app, limit);
  for (const [prefix, { service, access, maxBody }] of Object.entries(ROUTES)) {
    const proxy = passOn[service];
    const guards = access === "user" ? [demandUser] : [];
    const body = maxBody === undefined ? small : [limitBody(maxBody)];
    if (proxy) app.all(`${prefix}{/*rest}`, limit, ...guards, ...body, proxy);
  }
  app.use(limit);
}

/** One for each service that has an address, however many routes lead there: they share what is known of it. */
function createUpstreams({ config, agent, metrics, logger }: RouteParts) {
  const timeouts = {
    connect: config.UPSTREAM_CONNECT_TIMEOUT * 1000,
    response: config.UPSTREAM_TIMEOUT * 1000,
    total: config.UPSTREAM_TOTAL_TIMEOUT * 1000,
  };
  const upstreamOf = (key: Route["service"]): RequestHandler | undefined => {
    const target = config[key];
    if (target === undefined) return undefined;
    const service = key.replace(/_URL$/, "").toLowerCase().replaceAll("_", "-");
    metrics.setResting(service, false);
    const onRest = (isResting: boolean) => {
      metrics.setResting(service, isResting);
      if (isResting)
        logger.warn("a service fails again and again; it is given a rest", { upstream: service });
      else logger.info("the service answers again", { upstream: service });
    };
    return passOnTo({
      ...{ target, agent, timeouts, onRest },
      failures: config.UPSTREAM_FAILURES,
      rest: config.UPSTREAM_REST * 1000,
    });
  };
  return {
    AUTH_SERVICE_URL: upstreamOf("AUTH_SERVICE_URL"),
    CONTEXT_PROTOCOL_SERVER_URL: upstreamOf("CONTEXT_PROTOCOL_SERVER_URL"),
    MEDIA_PROCESSING_URL: upstreamOf("MEDIA_PROCESSING_URL"),
  };
}

/** GET /api/openapi.json: the API's description; it changes with a new version only. */
function openApi(): RequestHandler {
  const document = openApiDocument();
  return (_request, response) => {
    response.set("Cache-Control", "public, max-age=300").json(document);
  };
}
