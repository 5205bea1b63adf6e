import type { Link } from "./components/pod.ts";

/**
 * How MCP clients address the platform: DNS rebinding and foreign web pages are refused by these names.
 *
 * @param url `https://host:port`, without a path
 */
export function mcpAddress(url: string): Link {
  const { hostname } = new URL(url);
  return {
    env: {
      MCP_URL: `${url}/mcp`,
      MCP_ALLOWED_HOSTS: `${hostname},context-protocol-server`,
      MCP_ALLOWED_ORIGINS: hostname,
    },
    mounts: [],
  };
}
