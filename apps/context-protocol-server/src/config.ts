import { contentKeysConfig, transitKeysConfig } from "@mobile-ai-agent/content-cipher";
import { erasureConfig } from "@mobile-ai-agent/erasure";
import {
  baseConfig,
  budgetConfig,
  mongoConfig,
  readConfig,
  redisConfig,
  runTokenConfig,
  tokenConfig,
} from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const hostname = z
  .string()
  .regex(
    /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/,
    "must be names without port, such as a.example",
  );
const hostnames = z
  .string()
  .transform((list) => list.split(",").map((name) => name.trim()))
  .transform((names) => names.filter((name) => name !== ""))
  .pipe(z.array(hostname));

const serviceConfig = z.object({
  ...baseConfig.shape,
  ...tokenConfig.shape,
  ...mongoConfig.shape,
  ...redisConfig.shape,
  ...erasureConfig.shape,
  ...runTokenConfig.shape,
  ...budgetConfig.shape,
  ...contentKeysConfig.shape,
  ...transitKeysConfig.shape,
  MEDIA_PROCESSING_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .optional()
    .describe("without it, messages have no pictures and recordings"),
  AUTH_SERVICE_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .optional()
    .describe("without it, nobody can export what they have"),
  MCP_URL: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .refine((url) => URL.parse(url)?.pathname === "/mcp", "must end with /mcp")
    .describe("address of the MCP endpoint as clients see it"),
  MCP_ALLOWED_HOSTS: hostnames
    .refine((names) => names.length > 0, "must name a host")
    .describe("comma-separated names by which the MCP endpoint may be addressed"),
  MCP_ALLOWED_ORIGINS: hostnames
    .prefault("")
    .describe("comma-separated host names of web pages that may use the MCP endpoint"),
});
export type ServiceConfig = z.infer<typeof serviceConfig>;

/** @throws ConfigError that lists every fault */
export function readServiceConfig(env: NodeJS.ProcessEnv): ServiceConfig {
  return readConfig(serviceConfig, env);
}
