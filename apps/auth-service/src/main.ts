import { readConfig, runService } from "@mobile-ai-agent/service-kit";
import { authConfig } from "./config.ts";
import { createAuthService } from "./service.ts";

await runService("auth-service", ({ env, logger }) => createAuthService(readConfig(authConfig, env), logger));
