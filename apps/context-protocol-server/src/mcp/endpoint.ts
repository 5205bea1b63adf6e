import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import type { Logger, TokenVerifier } from "@mobile-ai-agent/service-kit";
import { hostHeaderValidation, originValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Express, RequestHandler } from "express";
import type { ServiceConfig } from "../config.ts";
import { authenticate, identityOf } from "./authenticate.ts";
import { describeResource } from "./protected-resource.ts";
import { createMcpServer } from "./server.ts";

const MAX_BODY_BYTES = 100 * 1024;

export interface McpEndpoint {
  mount(app: Express): void;
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

/**
 * POST /mcp: the Model Context Protocol over Streamable HTTP, revisions 2026-07-28 and 2025-11-25, behind access
 * tokens and run tokens. Each request is served on its own, so any replica can serve any of them.
 */
export function createMcpEndpoint(dependencies: {
  config: ServiceConfig;
  store: ConversationStore;
  verifier: TokenVerifier;
  logger: Logger;
}): McpEndpoint {
  const { config, store, verifier, logger } = dependencies;
  const resource = describeResource(config.MCP_URL, config.JWT_ISSUER);
  const onerror = (error: Error) => logger.warn("MCP request refused", { error });
  const handler = createMcpHandler(
    ({ authInfo }) => createMcpServer({ store, logger, ...identityOf(authInfo) }),
    { legacy: "stateless", maxSubscriptions: 0, maxRequestBodySize: MAX_BODY_BYTES, onerror },
  );
  const serve = toNodeHandler(handler, { maxRequestBodySize: MAX_BODY_BYTES, onerror });
  const answer: RequestHandler = (request, response) => serve(request, response);
  return {
    mount(app) {
      app.get(resource.metadataPath, resource.metadata);
      app.all(
        "/mcp",
        only(hostHeaderValidation(config.MCP_ALLOWED_HOSTS)),
        only(originValidation(config.MCP_ALLOWED_ORIGINS)),
        authenticate({
          store,
          verifier,
          runTokenKey: config.RUN_TOKEN_KEY,
          resourceMetadata: resource.metadataUrl,
        }),
        answer,
      );
    },
    close: () => handler.close(),
  };
}

/** Goes on only when the guard lets the request through; otherwise the guard has answered. */
function only(guard: ReturnType<typeof hostHeaderValidation>): RequestHandler {
  return (request, response, next) => {
    if (guard(request, response)) next();
  };
}
