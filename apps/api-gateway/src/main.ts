import { readConfig, runService } from "@mobile-ai-agent/service-kit";
import { gatewayConfig } from "./config.ts";
import { createApiGateway } from "./service.ts";

await runService("api-gateway", ({ env, logger }) =>
  createApiGateway(readConfig(gatewayConfig, env), logger),
);
