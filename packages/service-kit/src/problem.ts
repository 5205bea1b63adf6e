import { STATUS_CODES } from "node:http";
import type { Problem } from "@mobile-ai-agent/contracts";

interface ProblemExtras {
  errors?: Problem["errors"];
  /** Response headers, for example `WWW-Authenticate`. */
  headers?: Record<string, string>;
  /** What made it happen, for our log only. */
  cause?: unknown;
}

/** Thrown in a handler, it becomes the RFC 9457 body of the response. `detail` is shown to the caller. */
export class HttpProblem extends Error {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: Problem["errors"];
  readonly headers: Record<string, string>;

  constructor(status: number, title: string, detail: string, { errors, headers, cause }: ProblemExtras = {}) {
    super(detail, { cause });
    this.name = "HttpProblem";
    this.status = status;
    this.title = title;
    this.detail = detail;
    this.errors = errors;
    this.headers = headers ?? {};
  }
}

/** For a body that did not come in time. What would still come of it belongs to no request: RFC 9110, 15.5.9. */
export function bodyTooLate(detail: string): HttpProblem {
  return new HttpProblem(408, "Request Timeout", detail, { headers: { Connection: "close" } });
}

/** By name, so that a service without a database need not load its driver. */
const DATABASE_AWAY = [
  "MongoNetworkError",
  "MongoNetworkTimeoutError",
  "MongoPoolClearedError",
  "MongoServerSelectionError",
  "PoolClearedOnNetworkError",
];

/** What a caller may know of any error: its own fault in words, of ours only that it happened. */
export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  const { name, status, expose, message, type } = (error ?? {}) as {
    name?: string;
    status?: unknown;
    expose?: unknown;
    message?: string;
    type?: string;
  };
  if (typeof status === "number" && status >= 400 && status < 500 && expose !== false) {
    const detail =
      type === "entity.parse.failed"
        ? "the body is not valid JSON"
        : type === "entity.too.large"
          ? "the body is larger than this service takes"
          : (message ?? "the request can't be handled");
    return new HttpProblem(status, STATUS_CODES[status] ?? "Bad Request", detail);
  }
  if (name !== undefined && DATABASE_AWAY.includes(name)) {
    const headers = { "Retry-After": "2" };
    const detail =
      "the database is away for the moment; what was asked may have been done or not: try again shortly";
    return new HttpProblem(503, "Service Unavailable", detail, { headers, cause: error });
  }
  return new HttpProblem(
    500,
    "Internal Server Error",
    "something failed on our side; try again, and give the request_id if it goes on",
    { cause: error },
  );
}
