import { HttpProblem, toHttpProblem } from "@mobile-ai-agent/service-kit";
import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { z } from "zod";
import { Unable } from "./answer-question.ts";
import { isOverload } from "./backend.ts";
import { isUnserved } from "./chat-request.ts";
import { ModelFailure } from "./model-failure.ts";
import { Overloaded } from "./turnstile.ts";

/** The error body that OpenAI's clients read. */
export interface OpenAiError {
  readonly status: number;
  readonly error: {
    readonly message: string;
    readonly type: "invalid_request_error" | "rate_limit_error" | "server_error";
    readonly param: string | null;
    readonly code: string | null;
  };
}

/** What a client may know of a failure. */
export function toOpenAiError(failure: unknown): OpenAiError {
  if (failure instanceof z.ZodError) {
    const [issue] = failure.issues;
    const param = issue?.path.join(".") || null;
    const message = issue?.message ?? "the request is malformed";
    return body(
      400,
      isUnserved(issue?.path[0]) ? { message, param, code: "unsupported" } : { message, param },
    );
  }
  if (failure instanceof Unable) {
    const { message, param } = failure;
    return body(400, { message, param, code: "unsupported" });
  }
  if (isOverload(failure)) {
    const here = failure instanceof Overloaded;
    const message = here ? failure.message : "the upstream model takes no more requests now";
    return body(429, { message, code: "overloaded" });
  }
  if (failure instanceof ModelFailure && failure.kind === "rejected") {
    const message = "the model does not take this conversation: it may be too long for it";
    return body(400, { message, code: "rejected_by_model" });
  }
  if (failure instanceof ModelFailure && failure.kind === "silent") {
    return body(504, { message: "the model took too long to answer", code: "model_timeout" });
  }
  return body(502, { message: "the model failed to answer", code: "model_failed" });
}

export function sendOpenAiError(response: Response, { status, error }: OpenAiError): void {
  if (status === 429) response.setHeader("retry-after", "1");
  // It was tried again here, under a budget that the clients' own tries would know nothing of.
  else if (status >= 500) response.setHeader("x-should-retry", "false");
  response.status(status).json({ error });
}

export const noSuchPath: RequestHandler = ({ method, baseUrl, path }) => {
  throw new HttpProblem(404, "Not Found", `there is no ${method} ${baseUrl}${path}`);
};

/** What went wrong before a route had its request, in the form that OpenAI's clients read. */
export const answerWithOpenAiError: ErrorRequestHandler = (error, _request, response, next) => {
  const { status, detail } = toHttpProblem(error);
  if (status >= 500 || response.headersSent) return next(error);
  sendOpenAiError(response, body(status, { message: detail }));
};

function body(status: number, error: { message: string; param?: string | null; code?: string }): OpenAiError {
  const type = status === 429 ? "rate_limit_error" : status >= 500 ? "server_error" : "invalid_request_error";
  return { status, error: { param: null, code: null, ...error, type } };
}
