import { buffer } from "node:stream/consumers";
import { bodyTooLate, inTime } from "@mobile-ai-agent/service-kit";
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
    try {
      const tooLate = () =>
        bodyTooLate(`the body did not come within ${ms / 1000} seconds: send the request again`);
      bodies.set(request, await inTime(buffer(request), ms, tooLate));
    } catch (error) {
      // Who has gone is not answered, and was no fault of ours.
      if (request.socket.destroyed) return;
      throw error;
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
