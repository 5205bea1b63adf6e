import { readConfig, runService } from "@mobile-ai-agent/service-kit";
import { webAppConfig } from "./config.ts";
import { createWebApp } from "./service.ts";

await runService("web-app", ({ env, logger }) => createWebApp(readConfig(webAppConfig, env), logger));
