import { AsyncLocalStorage } from "node:async_hooks";
import type { Problem } from "@mobile-ai-agent/contracts";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import helmet from "helmet";
import type { Logger } from "./logger.ts";
import type { Metrics } from "./metrics.ts";
import { HttpProblem, toHttpProblem } from "./problem.ts";
import { contextHeaders, runInContext } from "./request-context.ts";
import { takeTurns } from "./turns.ts";

const MAX_LOGGED_PATH = 512;

/**
 * An Express application with what each of ours has: a request id and a trace, security headers, a log line and
 * metrics per request, JSON bodies up to 100 kB (unless `json` is false), and RFC 9457 bodies for every error and
 * unknown route.
 *
 * @param options.atOnce how many requests are handled at once, the others waiting; all of them without it
 */
export function createApp(options: {
  logger: Logger;
  metrics: Metrics;
  routes: (app: express.Express) => void;
  json?: boolean;
  atOnce?: number;
}): express.Express {
  const { logger, metrics, routes, json = true, atOnce } = options;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.use(identify, observe(logger, metrics), helmet());
  if (atOnce !== undefined) app.use(takeTurns(atOnce));
  if (json) app.use(express.json({ limit: "100kb" }));
  routes(app);
  app.use((request) => {
    throw new HttpProblem(404, "Not Found", `there is no ${request.method} ${request.path}`);
  });
  app.use(answerWithProblem(logger));
  return app;
}

const identify: RequestHandler = (request, response, next) => {
  const given = {
    requestId: request.get("x-request-id"),
    traceparent: request.get("traceparent"),
    tracestate: request.get("tracestate"),
  };
  runInContext(given, (context) => {
    // A proxy in this process passes the headers on as it finds them here.
    delete request.headers.tracestate;
    Object.assign(request.headers, contextHeaders(context));
    response.setHeader("X-Request-ID", context.requestId);
    response.setHeader("X-Trace-ID", context.traceId);
    next();
  });
};

function observe(logger: Logger, metrics: Metrics): RequestHandler {
  return (request, response, next) => {
    const begin = performance.now();
    const { method, path } = request;
    const end = () => {
      const duration = performance.now() - begin;
      // The pattern, never the path: a label must not grow with what callers send.
      const route = request.route ? String(request.route.path) : "unmatched";
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.observeRequest({ method, route, status, seconds: duration / 1000 });
      const logged = { method, path: forLog(path), route, status };
      logger.info("request", { ...logged, duration_ms: Math.round(duration) });
    };
    // The event comes in the context of the connection, which many requests share.
    response.once("close", AsyncLocalStorage.bind(end));
    next();
  };
}

/** Longer paths are nobody's who means well. Who has an erasure's token may read how it stands. */
function forLog(path: string): string {
  return path.slice(0, MAX_LOGGED_PATH).replace(/^(\/api\/erasures\/)[^/]+/, "$1[redacted]");
}

function answerWithProblem(logger: Logger): ErrorRequestHandler {
  return (error, request, response, next) => {
    const problem = toHttpProblem(error);
    // Of what we say ourselves the line of the request tells; in an overload there is no time for more.
    if (problem.status >= 500 && !(error === problem && problem.cause === undefined))
      logger.error("request failed", { error: problem.cause ?? error, path: forLog(request.path) });
    if (response.headersSent) return next(error);
    const { status, title, detail, errors, headers } = problem;
    const request_id = request.get("x-request-id");
    const body: Problem = { type: "about:blank", title, status, detail, request_id, errors };
    response.status(status).set(headers).type("application/problem+json").send(JSON.stringify(body));
  };
}
