import type { Response } from "express";
import { APIError } from "openai";
import { z } from "zod";
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
    return body(400, { message: issue?.message ?? "the request is malformed", param });
  }
  if (failure instanceof Overloaded) return body(429, { message: failure.message, code: "overloaded" });
  if (failure instanceof APIError && failure.status === 429) {
    return body(429, { message: "the upstream model takes no more requests now", code: "overloaded" });
  }
  return body(502, { message: "the model failed to answer", code: "model_failed" });
}

export function sendOpenAiError(response: Response, { status, error }: OpenAiError): void {
  if (status === 429) response.setHeader("retry-after", "1");
  response.status(status).json({ error });
}

function body(status: number, error: { message: string; param?: string | null; code?: string }): OpenAiError {
  const type = status === 429 ? "rate_limit_error" : status >= 500 ? "server_error" : "invalid_request_error";
  return { status, error: { param: null, code: null, ...error, type } };
}
