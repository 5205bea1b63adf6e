import { readConfig, runService } from "@mobile-ai-agent/service-kit";
import { mediaConfig } from "./config.ts";
import { createService } from "./service.ts";

await runService("media-processing", ({ env, logger }) =>
  createService(readConfig(mediaConfig, env), { logger }),
);
