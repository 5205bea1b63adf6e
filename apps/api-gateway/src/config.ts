import {
  baseConfig,
  chatLimitConfig,
  rateLimit,
  redisConfig,
  tokenConfig,
} from "@mobile-ai-agent/service-kit";
import { z } from "zod";

const origin = z
  .url({ protocol: /^https?$/, error: "must be an http or https URL" })
  .refine((url) => new URL(url).pathname === "/", "must be an origin, without a path");

const origins = z
  .string()
  .transform((list) => list.split(",").map((item) => item.trim()))
  .transform((list) => list.filter((item) => item !== ""))
  .pipe(
    z.array(
      z
        .string()
        .refine((item) => URL.parse(item)?.origin === item, "must be origins, such as https://a.example"),
    ),
  );

const seconds = (fallback: number) => z.coerce.number("must be seconds").positive().default(fallback);

const count = (fallback: number) =>
  z.coerce.number("must be a whole number").int("must be a whole number").nonnegative().default(fallback);

/** What the gateway reads from its environment; each key can also be given as a file, `KEY_FILE`. */
export const gatewayConfig = z.object({
  ...baseConfig.shape,
  ...redisConfig.shape,
  ...tokenConfig.shape,

  AUTH_SERVICE_URL: origin,
  CONTEXT_PROTOCOL_SERVER_URL: origin,
  MEDIA_PROCESSING_URL: origin.optional().describe("without it, there is no /api/media"),

  TRUSTED_PROXY_COUNT: count(0)
    .pipe(z.number().max(10, "must be at most 10"))
    .describe("proxies in front whose entries of X-Forwarded-For are believed, counted from the right"),
  CORS_ALLOWED_ORIGINS: origins
    .prefault("")
    .describe("comma-separated origins of web pages that may call the API; by default none"),

  RATE_LIMIT_AUTH: rateLimit("30/60").describe("/api/auth/, by client address"),
  ...chatLimitConfig.shape,
  RATE_LIMIT_EXPORT: rateLimit("10/3600").describe("exports of all that a user has, which read all of it"),
  RATE_LIMIT_API: rateLimit("300/60").describe(
    "the rest of /api/, by user, or by address of those who have no token",
  ),
  RATE_LIMIT_OTHER: rateLimit("60/60").describe("all other paths, likewise"),
  RATE_LIMIT_AUTH_WITHOUT_REDIS: count(10).describe(
    "what each replica admits to /api/auth/ in a window while Redis is away; 0 closes it",
  ),

  BODY_TIMEOUT: seconds(15).describe("seconds for a request's body, uploads aside"),
  UPSTREAM_CONNECT_TIMEOUT: seconds(2).describe("seconds in which a service has to accept a connection"),
  UPSTREAM_TIMEOUT: seconds(30).describe(
    "seconds from a request's end in which a service has to begin its answer",
  ),
  UPSTREAM_TOTAL_TIMEOUT: seconds(300).describe(
    "seconds for an answer from its begin; event streams have no limit",
  ),
  UPSTREAM_FAILURES: count(5)
    .pipe(z.number().min(1, "must be at least 1"))
    .describe("failures in a row after which a service is given a rest"),
  UPSTREAM_REST: seconds(5).describe("seconds of that rest, until one request tries it again"),
});
export type GatewayConfig = z.infer<typeof gatewayConfig>;
