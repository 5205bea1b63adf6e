import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import { gatewayConfig } from "../config.ts";
import { createApiGateway } from "../service.ts";

/** Nothing listens there. */
const NOWHERE = "127.0.0.1:1";

/**
 * A gateway on free ports. What `env` does not name is away: Redis, the issuer's keys, and every service.
 */
export async function startGateway(
  env: Readonly<Record<string, string>> = {},
): Promise<{ base: string; management: string; stop(): Promise<void> }> {
  const config = readConfig(gatewayConfig, {
    PORT: "0",
    METRICS_PORT: "0",
    REDIS_URL: `redis://${NOWHERE}`,
    JWT_ISSUER: "https://issuer.test",
    JWT_AUDIENCE: "mobile-ai-agent",
    JWKS_URL: `http://${NOWHERE}/jwks.json`,
    AUTH_SERVICE_URL: `http://${NOWHERE}`,
    CONTEXT_PROTOCOL_SERVER_URL: `http://${NOWHERE}`,
    ...env,
  });
  const gateway = createApiGateway(config, createLogger("api-gateway", "none"));
  await gateway.start();
  const { http, management } = gateway.ports();
  return {
    base: `http://127.0.0.1:${http}`,
    management: `http://127.0.0.1:${management}`,
    stop: () => gateway.stop(),
  };
}
