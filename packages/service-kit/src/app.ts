import { randomUUID } from "node:crypto";
import type { Problem } from "@mobile-ai-agent/contracts";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import helmet from "helmet";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { HttpProblem, toHttpProblem } from "./problem.ts";
import { requestContext } from "./request-context.ts";

const REQUEST_ID = /^[A-Za-z0-9._-]{8,128}$/;

/**
 * An Express application with what each of ours has: a request id, security headers, a log line and a duration per
 * request, JSON bodies up to 100 kB (unless `json` is false), and RFC 9457 bodies for every error and unknown route.
 */
export function createApp(options: {
  logger: Logger;
  metrics: Metrics;
  routes: (app: express.Express) => void;
  json?: boolean;
}): express.Express {
  const { logger, metrics, routes, json = true } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(identify, observe(logger, metrics), helmet());
  if (json) app.use(express.json({ limit: "100kb" }));
  routes(app);
  app.use((request) => {
    throw new HttpProblem(404, "Not Found", `there is no ${request.method} ${request.path}`);
  });
  app.use(answerWithProblem(logger));
  return app;
}

const identify: RequestHandler = (request, response, next) => {
  const given = request.get("x-request-id");
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
  // A proxy in this process passes the header on as it finds it here.
  request.headers["x-request-id"] = requestId;
  response.setHeader("X-Request-ID", requestId);
  requestContext.run({ requestId }, next);
};

function observe(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const begin = performance.now();
    const { method, path } = request;
    const requestId = request.get("x-request-id");
    response.once("close", () => {
      const duration = performance.now() - begin;
      // The pattern, never the path: a label must not grow with what callers send.
      const route = request.route ? String(request.route.path) : "unmatched";
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.httpDuration.observe({ method, route, status }, duration / 1000);
      const duration_ms = Math.round(duration);
      logger.info("request", { method, path, status, duration_ms, request_id: requestId });
    });
    next();
  };
}

function answerWithProblem(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const problem = toHttpProblem(error);
    if (problem.status >= 500)
      logger.error("request failed", { error: problem.cause ?? error, path: request.path });
    if (response.headersSent) return next(error);
    const { status, title, detail, errors, headers } = problem;
    const request_id = request.get("x-request-id");
    const body: Problem = { type: "about:blank", title, status, detail, request_id, errors };
    response.status(status).set(headers).type("application/problem+json").send(JSON.stringify(body));
  };
}
