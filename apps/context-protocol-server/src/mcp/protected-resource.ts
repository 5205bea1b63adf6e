import {
  getOAuthProtectedResourceMetadataUrl,
  type OAuthProtectedResourceMetadata,
} from "@modelcontextprotocol/server";
import type { RequestHandler } from "express";

export interface ProtectedResource {
  /** Address of the metadata as clients see it, and its path. */
  readonly metadataUrl: string;
  readonly metadataPath: string;
  /** GET: the metadata (RFC 9728, 2), for anybody. */
  readonly metadata: RequestHandler;
}

/**
 * Tells clients whose tokens the MCP endpoint takes.
 *
 * @param url address of the endpoint as clients see it
 * @param issuer of the access tokens
 */
export function describeResource(url: string, issuer: string): ProtectedResource {
  const metadataUrl = getOAuthProtectedResourceMetadataUrl(new URL(url));
  const body: OAuthProtectedResourceMetadata = {
    resource: url,
    authorization_servers: [issuer],
    bearer_methods_supported: ["header"],
    resource_name: "Mobile AI Agent contexts",
  };
  return {
    metadataUrl,
    metadataPath: new URL(metadataUrl).pathname,
    metadata: (_request, response) => {
      response.json(body);
    },
  };
}
