/**
 * Runs one gateway as a process of its own, and sends its port to the parent; then, whenever asked, how many
 * microseconds of CPU it has used. Its environment is the service's.
 */
import { createLogger, readConfig } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";
import { gatewayConfig } from "../apps/api-gateway/src/config.ts";
import { createApiGateway } from "../apps/api-gateway/src/service.ts";

const pass: RequestHandler = (_request, _response, next) => next();
const overrides = process.argv[2] === "unlimited" ? { limit: pass } : {};
const gateway = createApiGateway(readConfig(gatewayConfig), createLogger("api-gateway", "error"), overrides);
await gateway.start();
process.send?.(gateway.ports().http);
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.once("disconnect", () => process.exit());
