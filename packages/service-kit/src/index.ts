export { createApp } from "./app.ts";
export { type Breaker, BreakerOpen, createBreaker } from "./breaker.ts";
export { clientNetwork } from "./client-network.ts";
export {
  baseConfig,
  budgetConfig,
  ConfigError,
  chatLimitConfig,
  mongoConfig,
  rateLimit,
  readConfig,
  redisConfig,
  tokenConfig,
} from "./config.ts";
export { inTime, startDeadline } from "./deadline.ts";
export { type FollowedFile, followFile } from "./follow-file.ts";
export { listen } from "./listen.ts";
export { createLogger, type Logger } from "./logger.ts";
export { startManagement } from "./management.ts";
export { createMetrics, type Metrics } from "./metrics.ts";
export { connectMongo, isDuplicateKey } from "./mongo.ts";
export { openTokenVerifier } from "./open-token-verifier.ts";
export { parseBody, parseQuery } from "./parse.ts";
export { bodyTooLate, HttpProblem, toHttpProblem } from "./problem.ts";
export {
  createRateLimiters,
  type RateLimit,
  type RateLimiter,
  type RateLimitVerdict,
  rateLimitHeaders,
} from "./rate-limiter.ts";
export { connectRedis, openRedis, type RedisClient } from "./redis.ts";
export { contextHeaders, currentContext, runInContext } from "./request-context.ts";
export { bearerTokenOf, requireUser, unauthorized, userOf } from "./require-user.ts";
export {
  announceRevocations,
  followRevocations,
  type Revocation,
  type Revocations,
  refuseRevoked,
} from "./revocations.ts";
export { runService, type Service } from "./run-service.ts";
export { readRunToken, runTokenConfig, signRunToken } from "./run-tokens.ts";
export { cacheVerified } from "./token-cache.ts";
export { createTokenVerifier, InvalidToken, type TokenVerifier } from "./token-verifier.ts";
