import { HttpProblem } from "@mobile-ai-agent/service-kit";
import type { RequestHandler } from "express";

/** Refuses bodies above the limit, in bytes, by their announced length, so that they can be passed on as they come. */
export function limitBody(limit: number): RequestHandler {
  return (request, _response, next) => {
    if (request.headers["transfer-encoding"] !== undefined) {
      throw new HttpProblem(411, "Length Required", "send the body with a Content-Length");
    }
    if (Number(request.headers["content-length"] ?? 0) > limit) {
      throw new HttpProblem(413, "Content Too Large", `the body may have up to ${limit} bytes`, {
        headers: { Connection: "close" },
      });
    }
    next();
  };
}
