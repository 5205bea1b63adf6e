import { transitKeysConfig } from "@mobile-ai-agent/content-cipher";
import {
  baseConfig,
  chatLimitConfig,
  readConfig,
  redisConfig,
  tokenConfig,
} from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const serviceConfig = z.object({
  ...baseConfig.shape,
  ...tokenConfig.shape,
  ...redisConfig.shape,
  ...chatLimitConfig.shape,
  ...transitKeysConfig.shape,
  CONTEXT_PROTOCOL_SERVER_URL: z.url({ protocol: /^https?$/, error: "must be an http or https URL" }),
  ALLOWED_ORIGINS: z
    .string()
    .default("")
    .transform((list) => list.split(",").map((origin) => origin.trim()))
    .transform((origins) => origins.filter((origin) => origin !== ""))
    .describe("comma-separated origins of web pages that may connect, besides the platform's own"),
});
export type ServiceConfig = z.infer<typeof serviceConfig>;

/** @throws ConfigError that lists every fault */
export function readServiceConfig(env: NodeJS.ProcessEnv): ServiceConfig {
  return readConfig(serviceConfig, env);
}
