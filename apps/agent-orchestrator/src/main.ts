import { readConfig, runService } from "@mobile-ai-agent/service-kit";
import { orchestratorConfig } from "./config.ts";
import { createService } from "./service.ts";

await runService("agent-orchestrator", ({ env, logger }) =>
  createService(readConfig(orchestratorConfig, env), { logger }),
);
