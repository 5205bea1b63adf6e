import type { Logger } from "@mobile-ai-agent/service-kit";
import type { Response } from "express";
import { ModelFailure } from "../model-failure.ts";

/** @returns a signal that is aborted when the connection closes: nobody reads the answer any more */
export function followReader(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort(new Error("the client went away")));
  return gone.signal;
}

/** Logs a failure that isn't the client's, with the cause that the client isn't told. */
export function logFailure(logger: Logger, failure: unknown, status: number): void {
  const cause = failure instanceof ModelFailure ? (failure.cause ?? failure) : failure;
  if (status >= 500) logger.error("the model failed", { error: cause });
  // Refused by the upstream, which alone says why.
  else if (failure instanceof ModelFailure) logger.warn("the model refused", { error: cause });
}
