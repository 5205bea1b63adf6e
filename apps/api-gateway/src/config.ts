import { baseConfig } from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const origin = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .refine((url) => new URL(url).pathname === "/", "must be an origin, without a path");

export const gatewayConfig = z.object({
  ...baseConfig.shape,
  AUTH_SERVICE_URL: origin,
  CONTEXT_PROTOCOL_SERVER_URL: origin,
  UPSTREAM_TIMEOUT: z.coerce
    .number("must be seconds")
    .positive()
    .default(30)
    .describe("seconds in which a service has to begin its answer"),
});
export type GatewayConfig = z.infer<typeof gatewayConfig>;
