import type { ConversationStore } from "@mobile-ai-agent/conversation-store";
import { type Logger, requireUser, type TokenVerifier, userOf } from "@mobile-ai-agent/service-kit";
import { hostHeaderValidation, originValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import type { Express, RequestHandler } from "express";
import type { ServiceConfig } from "../config.ts";
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
 * tokens. Each request is served on its own, so any replica can serve any of them.
 */
export function createMcpEndpoint(dependencies: {
  config: Pick<ServiceConfig, "MCP_URL" | "MCP_ALLOWED_HOSTS" | "MCP_ALLOWED_ORIGINS" | "JWT_ISSUER">;
  store: ConversationStore;
  verifier: TokenVerifier;
  logger: Logger;
}): McpEndpoint {
  const { config, store, verifier, logger } = dependencies;
  const resource = describeResource(config.MCP_URL, config.JWT_ISSUER);
  const onerror = (error: Error) => logger.warn("MCP request refused", { error });
  const handler = createMcpHandler(
    ({ authInfo }) => createMcpServer({ store, userId: userIdOf(authInfo?.clientId), logger }),
    { legacy: "stateless", maxSubscriptions: 0, maxRequestBodySize: MAX_BODY_BYTES, onerror },
  );
  const serve = toNodeHandler(handler, { maxRequestBodySize: MAX_BODY_BYTES, onerror });
  const serveUser: RequestHandler = async (request, response) => {
    // Who calls is all that a handler needs: the token itself stays here.
    const auth = { token: "", clientId: userOf(request).sub, scopes: [] };
    await serve(Object.assign(request, { auth }), response);
  };
  return {
    mount(app) {
      app.get(resource.metadataPath, resource.metadata);
      app.all(
        "/mcp",
        only(hostHeaderValidation(config.MCP_ALLOWED_HOSTS)),
        only(originValidation(config.MCP_ALLOWED_ORIGINS)),
        requireUser(verifier, { resourceMetadata: resource.metadataUrl }),
        serveUser,
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

function userIdOf(id: string | undefined): string {
  if (id === undefined) throw new Error("the MCP endpoint is not behind requireUser");
  return id;
}
