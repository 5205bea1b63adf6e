import { type Agent, type ClientRequest, ServerResponse } from "node:http";
import { HttpProblem } from "@mobile-ai-agent/service-kit";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { createProxyMiddleware } from "http-proxy-middleware";

/** The service did not begin its answer in time. */
class UpstreamTimeout extends Error {}

/**
 * Passes requests on to a service, with `X-Forwarded-*`, streaming both ways.
 *
 * @param timeout seconds until the answer's head has to be there
 * @throws HttpProblem 504 after that time, 502 when the service can't be reached or breaks off
 */
export function proxyTo(options: { target: string; agent: Agent; timeout: number }): RequestHandler {
  const { target, agent, timeout } = options;
  const underWay = new WeakMap<Response, NextFunction>();
  const fail = (error: unknown, request: Request, response: Response) => {
    const next = underWay.get(response);
    underWay.delete(response);
    const clientIsGone = response.destroyed || request.socket.destroyed;
    if (!clientIsGone) next?.(toProblem(error));
  };
  const proxy = createProxyMiddleware<Request, Response>({
    target,
    agent,
    xfwd: true,
    // The default ones answer errors in their own format, and log.
    ejectPlugins: true,
    plugins: [
      (server) => {
        server.on("proxyReq", (proxied) => limitTime(proxied, timeout * 1000));
        // Network errors come here instead of to `next`.
        server.on("error", (error, request, response) => {
          if (request && response instanceof ServerResponse) fail(error, request, response);
        });
      },
    ],
  });
  return async (request, response, next) => {
    underWay.set(response, next);
    await proxy(request, response, (error) => fail(error, request, response));
  };
}

function limitTime(proxied: ClientRequest, ms: number): void {
  const timer = setTimeout(() => proxied.destroy(new UpstreamTimeout()), ms);
  const stop = () => clearTimeout(timer);
  proxied.once("response", stop).once("close", stop);
}

function toProblem(error: unknown): HttpProblem {
  const extras = { headers: { "Retry-After": "1" }, cause: error };
  return error instanceof UpstreamTimeout
    ? new HttpProblem(504, "Gateway Timeout", "the service did not answer in time; try again", extras)
    : new HttpProblem(502, "Bad Gateway", "the service can't be reached now; try again shortly", extras);
}
