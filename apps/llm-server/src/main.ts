import { readConfig, runService } from "@mobile-ai-agent/service-kit";
import { llmConfig } from "./config.ts";
import { createService } from "./service.ts";

await runService("llm-server", ({ env, logger }) => createService(readConfig(llmConfig, env), { logger }));
