/**
 * `overloaded`: takes no more now; `unavailable`: broken or not reached; `silent`: said nothing for too long;
 * `misconfigured`: refuses our key or doesn't know the model; `rejected`: refuses this very question.
 */
type FailureKind = "overloaded" | "unavailable" | "silent" | "misconfigured" | "rejected";

/** An upstream did not answer, or stopped midway. */
export class ModelFailure extends Error {
  readonly kind: FailureKind;
  /** How long it asks to be left alone, in ms. */
  readonly retryAfterMs: number | undefined;

  constructor(kind: FailureKind, message: string, options: ErrorOptions & { retryAfterMs?: number } = {}) {
    super(message, options);
    this.name = "ModelFailure";
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** What an answer with an error status means. */
export function kindOfStatus(status: number | undefined): FailureKind {
  switch (status) {
    case 429:
    // Anthropic's own: overloaded.
    case 529:
      return "overloaded";
    case 401:
    case 402:
    case 403:
    case 404:
      return "misconfigured";
    case 400:
    case 413:
    case 422:
      return "rejected";
    default:
      return "unavailable";
  }
}

/** `Retry-After` in seconds (RFC 9110, 10.2.3), in ms. A date is left: upstreams send none. */
export function retryAfterOf(headers: Headers | undefined): { retryAfterMs?: number } {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? { retryAfterMs: seconds * 1000 } : {};
}
