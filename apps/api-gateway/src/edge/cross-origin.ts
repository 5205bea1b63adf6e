import cors from "cors";
import type { RequestHandler } from "express";

const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const REQUEST_HEADERS = [
  ...["Authorization", "Content-Type", "If-Match", "If-None-Match", "X-Session-Token"],
  ...["X-Request-ID", "traceparent", "tracestate"],
  ...["Mcp-Protocol-Version", "Mcp-Session-Id", "Last-Event-ID"],
];
const RESPONSE_HEADERS = [
  ...["ETag", "Retry-After", "WWW-Authenticate", "X-Request-ID", "X-Trace-ID", "Mcp-Session-Id"],
  ...["RateLimit", "RateLimit-Policy"],
  ...["X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"],
];
const PREFLIGHT_SECONDS = 600;

/** Lets web pages of these origins call the API, without cookies: it knows bearer tokens only. */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  return cors({
    origin: [...origins],
    methods: METHODS,
    allowedHeaders: REQUEST_HEADERS,
    exposedHeaders: RESPONSE_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
  });
}
