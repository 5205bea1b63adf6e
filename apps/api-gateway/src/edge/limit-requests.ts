import { clientNetwork, HttpProblem, type RateLimiter, rateLimitHeaders } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler } from "express";
import type { GatewayConfig } from "../config.ts";
import type { GatewayMetrics } from "../gateway-metrics.ts";
import { userIdOf } from "./identity.ts";

export type LimitClass = "auth" | "chat" | "export" | "api" | "other";

/**
 * The limits of each class. Without Redis each replica admits as much as all together do otherwise, but for sign-ins,
 * where a guesser must not gain by it.
 */
export function limitsOf(config: GatewayConfig) {
  const open = (limit: GatewayConfig["RATE_LIMIT_API"]) => ({
    ...limit,
    requestsWithoutRedis: limit.requests,
  });
  return {
    auth: { ...config.RATE_LIMIT_AUTH, requestsWithoutRedis: config.RATE_LIMIT_AUTH_WITHOUT_REDIS },
    chat: open(config.RATE_LIMIT_CHAT),
    export: open(config.RATE_LIMIT_EXPORT),
    api: open(config.RATE_LIMIT_API),
    other: open(config.RATE_LIMIT_OTHER),
  };
}

/** Express matches paths in any case, so this does too. */
export function classOf(method: string, path: string): LimitClass {
  const lower = `${path.toLowerCase()}/`;
  if (lower.startsWith("/api/auth/")) return "auth";
  if (lower.startsWith("/api/chat/")) return "chat";
  if (method === "POST" && lower.startsWith("/api/message/")) return "chat";
  if (lower.startsWith("/api/users/me/export/")) return "export";
  return lower.startsWith("/api/") ? "api" : "other";
}

/**
 * Whom a request is counted to. A sign-in names no user yet, and the token that may come with it is not its sender's
 * word for whom it tries: counted by it, a guesser would have a limit for each account of its own.
 */
function keyOf(request: Request, limitClass: LimitClass): string {
  const user = limitClass === "auth" ? undefined : userIdOf(request);
  return user === undefined ? `address:${clientNetwork(request)}` : `user:${user}`;
}

/** Tells every client its limit, and answers 429 to who is over it. Comes after `identify`. */
export function limitRequests(
  limiters: Readonly<Record<LimitClass, RateLimiter>>,
  metrics: GatewayMetrics,
): RequestHandler {
  return async (request, response, next) => {
    const limitClass = classOf(request.method, request.path);
    const verdict = await limiters[limitClass].consume(keyOf(request, limitClass));
    metrics.countLimited(limitClass, verdict);
    response.set(rateLimitHeaders(limitClass, verdict));
    if (!verdict.admitted) {
      const { limit, seconds, reset } = verdict;
      throw new HttpProblem(
        429,
        "Too Many Requests",
        `up to ${limit} such requests are taken in ${seconds} s; try again in ${reset} s`,
        { headers: { "Retry-After": `${reset}` } },
      );
    }
    next();
  };
}
