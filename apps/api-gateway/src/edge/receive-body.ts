import { buffer } from "node:stream/consumers";
import { HttpProblem, startDeadline } from "@mobile-ai-agent/service-kit";
import type { Request, RequestHandler } from "express";

const bodies = new WeakMap<Request, Buffer>();

/**
 * Waits for the whole body, which `bodyOf` then gives: a caller who sends slowly keeps nobody busy but this process. Only
 * behind a limit, since it is kept in memory.
 *
 * @param ms for all of it; a caller who takes longer gets 408
 */
export function receiveBody(ms: number): RequestHandler {
  return async (request, _response, next) => {
    if (!hasBody(request)) return next();
    const { promise: isLate, reject } = Promise.withResolvers<never>();
    const callOff = startDeadline(ms, () => reject(tooSlow(ms)));
    try {
      bodies.set(request, await Promise.race([buffer(request), isLate]));
    } catch (error) {
      // Who has gone is not answered, and was no fault of ours.
      if (request.socket.destroyed) return;
      throw error;
    } finally {
      callOff();
    }
    next();
  };
}

/** @returns the body that was received before, undefined when it is still to be streamed, or there is none */
export function bodyOf(request: Request): Buffer | undefined {
  return bodies.get(request);
}

export function hasBody(request: Pick<Request, "headers">): boolean {
  return (
    request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0
  );
}

function tooSlow(ms: number): HttpProblem {
  const detail = `the body did not come within ${ms / 1000} seconds: send the request again`;
  // RFC 9110, 15.5.9: what would still come belongs to no request.
  return new HttpProblem(408, "Request Timeout", detail, { headers: { Connection: "close" } });
}
