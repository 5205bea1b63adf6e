import type { Agent } from "node:http";
import { BreakerOpen, createBreaker, HttpProblem } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler, Response } from "express";
import { hasBody } from "../edge/receive-body.ts";
import { BodyBrokenOff, ClientGone, forward, isCutOff, type Timeouts, UpstreamTimeout } from "./forward.ts";
import { prepareHeaders } from "./outgoing-headers.ts";

export interface UpstreamOptions {
  /** Origin of the service. */
  readonly target: string;
  readonly agent: Agent;
  readonly timeouts: Timeouts;
  /** Failures in a row after which the service is given a rest, in milliseconds; then one request tries it again. */
  readonly failures: number;
  readonly rest: number;
  readonly onRest: (isResting: boolean) => void;
}

/**
 * Passes requests on to a service. GET and HEAD are tried again, once and on a new connection, when theirs breaks.
 *
 * @throws HttpProblem 502 when the service can't be reached or breaks off, 504 when it is too slow, 503 while it rests
 */
export function passOnTo(options: UpstreamOptions): RequestHandler {
  const { failures, rest, onRest } = options;
  const breaker = createBreaker({
    failures,
    retryAfterMs: rest,
    isFailure: (error) => !(error instanceof ClientGone || error instanceof BodyBrokenOff),
    onChange: onRest,
  });
  return async (request, response) => {
    prepareHeaders(request);
    try {
      await breaker.run(() => forwardPatiently(request, response, options));
    } catch (error) {
      if (error instanceof ClientGone) return;
      // Closed on, a caller who is still sending would see a broken connection instead of the answer.
      request.resume();
      throw toProblem(error, rest);
    }
  };
}

async function forwardPatiently(
  request: Request,
  response: Response,
  { target, agent, timeouts }: UpstreamOptions,
): Promise<void> {
  try {
    await forward(request, response, { target, agent, timeouts });
  } catch (error) {
    // What a pod leaves behind that has ended.
    const isReset = isCutOff(error) || (error as NodeJS.ErrnoException).code === "ECONNREFUSED";
    if (!isReset || !isRepeatable(request)) throw error;
    await forward(request, response, { target, agent: false, timeouts });
  }
}

function isRepeatable(request: Request): boolean {
  return (request.method === "GET" || request.method === "HEAD") && !hasBody(request);
}

function toProblem(error: unknown, rest: number): HttpProblem {
  if (error instanceof BreakerOpen) {
    return new HttpProblem(503, "Service Unavailable", "the service can't be reached; try again shortly", {
      headers: { "Retry-After": `${Math.ceil(rest / 1000)}` },
    });
  }
  const extras = { headers: { "Retry-After": "1" }, cause: error };
  return error instanceof UpstreamTimeout
    ? new HttpProblem(504, "Gateway Timeout", "the service did not answer in time; try again", extras)
    : new HttpProblem(502, "Bad Gateway", "the service can't be reached now; try again shortly", extras);
}
