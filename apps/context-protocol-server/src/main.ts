import { runService } from "@mobile-ai-agent/service-kit";
import { readServiceConfig } from "./config.ts";
import { createService } from "./service.ts";

await runService("context-protocol-server", ({ env, logger }) =>
  createService(readServiceConfig(env), { logger }),
);
