import { baseConfig, mongoConfig, readConfig, redisConfig, tokenConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const serviceConfig = z.object({
  ...baseConfig.shape,
  ...tokenConfig.shape,
  ...mongoConfig.shape,
  ...redisConfig.shape,
});
export type ServiceConfig = z.infer<typeof serviceConfig>;

/** @throws ConfigError that lists every fault */
export function readServiceConfig(env: NodeJS.ProcessEnv): ServiceConfig {
  return readConfig(serviceConfig, env);
}
